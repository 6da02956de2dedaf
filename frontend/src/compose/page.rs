//! The page of a new list.

use contract::limits;
use leptos::prelude::*;

use crate::compose::draft::{Draft, Drafts, TITLE};
use crate::compose::drop_paste;
use crate::compose::input::ListInput;
use crate::compose::part::{Part, list_part};
use crate::compose::report::ListReport;
use crate::compose::settings::RunSettings;
use crate::compose::start_bar::StartBar;
use crate::services::Services;
use crate::ui::boxed::{effect, flag, maybe, memo};
use crate::ui::heading::Heading;
use crate::ui::notice::ErrorNotice;

/// The page of a new list. Calls `on_list` once there is a list.
#[component]
pub(crate) fn Compose(services: Services, drafts: Drafts, on_list: Callback<()>) -> impl IntoView {
    let server = services.server;
    let draft = drafts.current();
    let Draft { list, form, .. } = draft;
    let options = memo(move || form.with(|form| form.parse(server.limits().max_concurrency)));
    effect(move || {
        if list.summary().is_some() {
            on_list.run(());
        }
    });
    let is_dragged_over = RwSignal::new(false);
    drop_paste::listen(list, is_dragged_over);
    let is_asking = memo(move || list.question().is_some());
    view! {
        <header>
            <div>
                <Heading text=TITLE visits=services.visits/>
                <p class="soft">"Paste, drop or choose a list. Nothing is sent until you start the run, and then only the numbers."</p>
            </div>
        </header>
        <ErrorNotice error=server.error retry="This page tries again by itself."/>
        <div class="compose" class:asking=is_asking>
            <ListInput list is_dragged_over/>
            {maybe(move || is_asking.get().then(|| list.part.show(list_part(list, Part::Question))))}
            <section class="card" id="summary" tabindex="-1" aria-label="List summary" hidden=is_asking>
                <ListReport list/>
                <label class="field" hidden=flag(move || list.summary().is_none())>
                    <span>"Name of the run (optional)"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength=limits::MAX_LABEL_CHARS.to_string()
                        data-testid="label"
                        prop:value=list.label
                        on:input:target=move |event| list.label.set(event.target().value())
                    />
                </label>
                <RunSettings server list form options/>
            </section>
        </div>
        <StartBar services draft options is_asking/>
    }
}
