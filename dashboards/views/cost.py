"""Cost: labour against budget, and what violations lose.

Belongs here: money, one currency at a time.
Does not belong here: forecasts and savings.
"""

from __future__ import annotations

import streamlit as st

from dashboards.charts import cost
from dashboards.components import frame
from dashboards.components.cards import Figure, ask, ask_quietly, chart_card, key_figures
from dashboards.components.page import PageContext
from dashboards.i18n import is_missing


def render(page: PageContext) -> None:
    texts = page.texts
    labour, losses = ask(page, "labour_by_month"), ask(page, "losses_by_month")
    if labour is None and losses is None:
        return
    currencies = sorted(
        {row["currency"] for result in (labour, losses) if result for row in result.records() if row["currency"]}
    )
    if not currencies:
        frame.no_data(texts, texts("state.no_money"))
        return
    for currency in currencies:
        if len(currencies) > 1:
            st.subheader(currency, anchor=False)
        _currency(page, currency, labour, losses)


def _currency(page: PageContext, currency: str, labour, losses) -> None:
    texts = page.texts
    spent = labour.frame() if labour else None
    spent = spent[spent["currency"] == currency] if spent is not None else None
    lost = losses.frame() if losses else None
    lost = lost[lost["currency"] == currency] if lost is not None else None
    _key_figures(page, currency, spent, lost)
    units = ask_quietly(page, "labour_by_unit")
    table = units.frame() if units else None
    mine = table[table["currency"] == currency] if table is not None else None
    compares = mine is not None and not mine.empty
    height = cost.unit_variance_height(mine) if compares else 320
    left, right = st.columns(2)
    with left:
        if spent is None or spent.empty:
            frame.no_data(texts, texts("state.no_labour"))
        elif spent["labour_amount"].isna().all() and spent["is_withheld"].any():
            frame.withheld(texts)
        elif spent["labour_amount"].isna().all():
            frame.no_data(texts, texts("state.no_labour"))
        else:
            chart_card(
                page,
                key=f"labour_{currency}",
                finding=cost.labour_finding(spent, currency, texts),
                figure=lambda: cost.labour_figure(spent, currency, texts, height=height),
                result=labour,
                unit=texts("unit.money_by_month", currency=currency),
                metric="labour_amount",
            )
    with right:
        if compares:
            chart_card(
                page,
                key=f"units_{currency}",
                finding=cost.unit_variance_finding(mine, currency, texts),
                figure=lambda: cost.unit_variance_figure(mine, currency, texts),
                result=units,
                unit=texts("unit.share_of_budget"),
                metric="budget_variance",
            )
    if lost is None or lost.empty:
        frame.no_data(texts, texts("state.no_losses"))
        return
    chart_card(
        page,
        key=f"losses_{currency}",
        finding=cost.losses_finding(lost, currency, texts),
        figure=lambda: cost.losses_figure(lost, page.period_months(), currency, texts),
        result=page.run("losses_by_rule"),
        unit=texts("unit.hard_loss", currency=currency),
        metric="hard_loss_amount",
        note=texts("note.losses"),
    )


def _key_figures(page: PageContext, currency: str, spent, lost) -> None:
    texts = page.texts

    def total(table, column: str):
        values = None if table is None else table[column].dropna()
        return None if values is None or values.empty else float(values.sum())

    def money(value) -> str:
        return texts("state.no_data") if is_missing(value) else texts.money(value, currency)

    labour, budget = total(spent, "labour_amount"), total(spent, "budget_amount")
    variance = None if labour is None or budget is None else labour - budget
    share = None if variance is None or not budget else texts("kpi.of_budget", share=texts.change(variance / budget, 1))
    people = None if spent is None or spent.empty else spent["headcount"].iloc[-1]
    key_figures(
        [
            Figure(texts("column.labour_amount"), money(labour), None, page.definition("labour_amount")),
            Figure(texts("column.budget_amount"), money(budget), None, page.definition("labour_budget")),
            Figure(texts("column.variance_amount"), money(variance), share, page.definition("budget_variance")),
            Figure(
                texts("column.headcount"), texts.number(people), texts("kpi.last_month"), page.definition("headcount")
            ),
            Figure(
                texts("column.hard_loss_amount"),
                money(total(lost, "hard_loss_amount")),
                None,
                page.definition("hard_loss_amount"),
            ),
        ],
        key=f"kpis_{currency}",
    )
