//! The settings of a run: a sentence, and fields on demand.

use leptos::prelude::*;

use crate::compose::form::{Chosen, RunForm, Wrong, sentence};
use crate::compose::list::ListState;
use crate::server::Server;
use crate::ui::boxed::{flag, text};
use crate::ui::toggle::Toggle;
use crate::ui::words;

/// The settings of a run. `chosen` is what the fields hold, or what is wrong with them.
#[component]
pub(crate) fn RunSettings(
    list: ListState,
    form: RwSignal<RunForm>,
    chosen: Memo<Result<Chosen, Wrong>>,
) -> impl IntoView {
    let server = Server::of_page();
    let open = RwSignal::new(false);
    let words = text(move || {
        chosen.with(|chosen| match chosen {
            Ok(chosen) => sentence(chosen, &server.defaults()),
            Err(_) => "A setting can't be as it was typed.".to_owned(),
        })
    });
    view! {
        <p class="label settings-line" class:wrong=flag(move || chosen.with(Result::is_err)) role="status">
            <span data-testid="settings-line">{words}</span> " "
            <Toggle on=open id="settings" show="Change" hide="Done"/>
        </p>
        <fieldset class="settings" hidden=flag(move || !open.get())>
            <legend class="unseen">"How the run is made"</legend>
            <Field name="At once" id="max-concurrency" form chosen get=|form| &mut form.at_once wrong=|wrong| &wrong.at_once
                hint=text(move || words::group_digits(server.defaults().max_concurrency.into()))/>
            <Field name="A second, at most" id="requests-per-second" form chosen get=|form| &mut form.per_second wrong=|wrong| &wrong.per_second
                hint=text(move || server.defaults().requests_per_second.map_or("no limit".to_owned(), words::decimal))/>
            <Field name="May fail, in percent" id="tolerated" form chosen get=|form| &mut form.tolerated wrong=|wrong| &wrong.tolerated
                hint=text(move || words::decimal(server.defaults().tolerated_failure_percentage))/>
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="issued-only"
                    prop:checked=list.issued_only
                    on:change:target=move |event| list.issued_only.set(event.target().checked())
                />
                "Leave out numbers that were never issued"
            </label>
        </fieldset>
    }
}

/// A setting, and beside it what is wrong with it.
#[component]
fn Field(
    name: &'static str,
    id: &'static str,
    form: RwSignal<RunForm>,
    chosen: Memo<Result<Chosen, Wrong>>,
    get: fn(&mut RunForm) -> &mut String,
    wrong: fn(&Wrong) -> &String,
    hint: Signal<String>,
) -> impl IntoView {
    let said = text(move || {
        chosen.with(|chosen| match chosen {
            Ok(_) => String::new(),
            Err(found) => wrong(found).clone(),
        })
    });
    let beside = format!("{id}-wrong");
    view! {
        <label class="field">
            <span>{name}</span>
            <input
                type="text"
                inputmode="decimal"
                autocomplete="off"
                placeholder=hint
                data-testid=id
                aria-describedby=beside.clone()
                aria-invalid=text(move || (!said.with(String::is_empty)).to_string())
                prop:value=text(move || get(&mut form.get()).clone())
                on:input:target=move |event| form.update(|form| *get(form) = event.target().value())
            />
            <span class="wrong" id=beside.clone() data-testid=beside role="status">{said}</span>
        </label>
    }
}
