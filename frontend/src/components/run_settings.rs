//! The settings of a run: a sentence, and fields on demand.

use leptos::prelude::*;

use crate::components::list_state::ListState;
use crate::components::toggle::Toggle;
use crate::logic::run_form::{Chosen, RunForm, sentence};
use crate::logic::words;
use crate::one_type::{flag, text};
use crate::server::Server;

/// The settings of a run. `chosen` is what the fields hold, or what is wrong with them.
#[component]
pub(crate) fn RunSettings(
    list: ListState,
    form: RwSignal<RunForm>,
    chosen: Memo<Result<Chosen, String>>,
) -> impl IntoView {
    let server = Server::of_page();
    let open = RwSignal::new(false);
    let words = text(move || {
        let (_, at_once, per_second, tolerated) = server.run_defaults();
        chosen.with(|chosen| match chosen {
            Ok(chosen) => sentence(chosen, at_once, per_second, tolerated),
            Err(wrong) => wrong.clone(),
        })
    });
    view! {
        <p class="label settings-line" class:wrong=flag(move || chosen.with(Result::is_err)) role="status">
            <span data-testid="settings-line">{words}</span> " "
            <Toggle on=open id="settings" show="Change" hide="Done"/>
        </p>
        <fieldset class="settings" hidden=flag(move || !open.get())>
            <legend class="unseen">"How the run is made"</legend>
            <Field name="At once" id="max-concurrency" form get=|form| &mut form.at_once
                hint=text(move || server.run_defaults().1.to_string())/>
            <Field name="A second, at most" id="requests-per-second" form get=|form| &mut form.per_second
                hint=text(move || server.run_defaults().2.map_or("no limit".to_owned(), words::decimal))/>
            <Field name="May fail, in percent" id="tolerated" form get=|form| &mut form.tolerated
                hint=text(move || words::decimal(server.run_defaults().3))/>
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

#[component]
fn Field(
    name: &'static str,
    id: &'static str,
    form: RwSignal<RunForm>,
    get: fn(&mut RunForm) -> &mut String,
    hint: Signal<String>,
) -> impl IntoView {
    view! {
        <label class="field">
            <span>{name}</span>
            <input
                type="text"
                inputmode="decimal"
                autocomplete="off"
                placeholder=hint
                data-testid=id
                on:input:target=move |event| form.update(|form| *get(form) = event.target().value())
            />
        </label>
    }
}
