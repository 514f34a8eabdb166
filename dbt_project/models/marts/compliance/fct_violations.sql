{{ verdict_mart('FAIL') }}
