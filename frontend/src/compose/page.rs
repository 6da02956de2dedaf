//! `/`: a list is brought, understood, and looked up.

use contract::limits;
use leptos::prelude::*;

use crate::compose::draft::Draft;
use crate::compose::drop_paste;
use crate::compose::input::ListInput;
use crate::compose::report::ListReport;
use crate::compose::settings::RunSettings;
use crate::compose::start_bar::ListStart;
use crate::server::Server;
use crate::ui::boxed::{effect, flag, memo};
use crate::ui::heading::Heading;
use crate::ui::notice::Trouble;

/// The page of a new list. `brought` is called once a list is there that a run can be started of.
#[component]
pub(crate) fn Compose(brought: Callback<()>) -> impl IntoView {
    let server = Server::of_page();
    let draft = Draft::at_hand();
    let Draft { list, form, .. } = draft;
    let chosen = memo(move || form.with(|form| form.chosen(server.limits().max_concurrency)));
    effect(move || {
        if list.digest().is_some() {
            brought.run(());
        }
    });
    let over = RwSignal::new(false);
    drop_paste::from_anywhere(list, over);
    view! {
        <header>
            <div>
                <Heading text="Look up a list of numbers"/>
                <p class="soft">"Paste, drop or choose a list. Nothing is sent until you say so; only the numbers are."</p>
            </div>
        </header>
        <Trouble error=server.trouble again="This page tries again by itself."/>
        <div class="compose">
            <ListInput list over/>
            <section class="card" aria-label="What it holds">
                <ListReport list/>
                <label class="field" hidden=flag(move || list.digest().is_none())>
                    <span>"Name of the run, if you like"</span>
                    <input
                        type="text"
                        autocomplete="off"
                        maxlength=limits::MAX_LABEL_CHARS.to_string()
                        data-testid="label"
                        prop:value=list.label
                        on:input:target=move |event| list.label.set(event.target().value())
                    />
                </label>
                <RunSettings list form chosen/>
            </section>
        </div>
        <ListStart draft chosen/>
    }
}
