{{ verdict_mart('NEEDS_REVIEW') }}
