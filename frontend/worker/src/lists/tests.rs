use super::*;

fn items(event: Event) -> u64 {
    match event {
        Event::Summary(summary) => summary.items,
        other => panic!("{other:?}"),
    }
}

fn text(text: &str) -> Input {
    Input::Text(text.into())
}

fn read(lists: &mut Lists, call: u32, text: &str) -> Event {
    lists.begin_read(call);
    lists.read(call, self::text(text), ListOptions::default())
}

#[test]
fn an_older_list_that_is_read_late_is_dropped() {
    let mut lists = Lists::default();
    lists.begin_read(1);
    lists.begin_read(2);
    let options = ListOptions::default;
    assert_eq!(
        items(lists.read(2, text("123456789\n123456780"), options())),
        2
    );
    assert_eq!(lists.read(1, text("123456789"), options()), Event::Dropped);
    assert_eq!(items(lists.reread(2, None, options())), 2);
    assert_eq!(lists.reread(1, None, options()), Event::NoSuchList);
}

#[test]
fn a_list_that_is_read_again_keeps_its_id() {
    let mut lists = Lists::default();
    assert_eq!(items(read(&mut lists, 5, "123456789\n1234567\n")), 1);
    let restored = ListOptions {
        restore_leading_zeros: true,
        ..Default::default()
    };
    assert_eq!(items(lists.reread(5, None, restored)), 2);
    assert_eq!(items(lists.reread(5, None, ListOptions::default())), 1);
}

#[test]
fn a_refused_list_is_read_by_the_chosen_column() {
    let mut lists = Lists::default();
    let table = "a ssn,b ssn\n123-45-6789,987-65-4321\n123456780,\n";
    let Event::NotAList(error) = read(&mut lists, 1, table) else {
        panic!("two columns look like SSNs");
    };
    assert_eq!(lists.invalid_lines(1, 0, 9), Event::NoSuchList);
    let options = ListOptions {
        column: Some(error.table.unwrap().columns[1].index),
        ..Default::default()
    };
    assert_eq!(items(lists.reread(1, None, options)), 1);
    let Event::Lines(lines) = lists.invalid_lines(1, 0, 9) else {
        panic!("one line is invalid");
    };
    assert_eq!(lines[0].number, 3);
}

#[test]
fn a_corrected_line_is_read_again_as_a_new_list() {
    let mut lists = Lists::default();
    let table = b"Name,SSN\nJos\xe9,123-45-6789\nBob,12-345-6780\nCy,\n";
    lists.begin_read(1);
    lists.read(1, Input::Text(table.into()), ListOptions::default());
    assert_eq!(lists.correct(2, 7, (1, 3), "x", 0), Event::NoSuchList);
    assert_eq!(items(lists.correct(2, 1, (1, 3), "123-45-6780", 0)), 2);
    // The new list has a new id, so that a repeated start isn't that of the old one.
    assert_eq!(
        lists.correct(3, 1, (2, 4), "123-45-6781", 0),
        Event::NoSuchList
    );
    let Event::Summary(summary) = lists.correct(3, 2, (2, 4), "123-45-678", 0) else {
        panic!("it is a list");
    };
    assert_eq!((summary.list, summary.items, summary.invalid), (3, 2, 1));
    // That of the file, not that of the corrected text.
    assert_eq!(summary.read_as, "read as Windows-1252, commas");
    assert_eq!(summary.invalid_lines[0].number, 4);
    let source = lists.held(3).unwrap();
    assert_eq!(source.source.as_ref().unwrap().cells(0)[0], "José");
}

#[test]
fn a_correction_finds_its_line_after_another_correction() {
    let mut lists = Lists::default();
    read(&mut lists, 1, "123456789\nx\ny\n123456780\n");
    // An empty line isn't a row, so the line below it is row 1.
    assert_eq!(items(lists.correct(2, 1, (1, 2), "", 0)), 2);
    assert_eq!(items(lists.correct(3, 2, (2, 3), "123456781", 0)), 3);
    let source = lists.held(3).unwrap();
    let source = source.source.as_ref().unwrap();
    let text = |row| (source.line_number(row), source.raw_value(row).into_owned());
    assert_eq!(text(1), (3, "123456781".to_owned()));
    assert_eq!(text(2), (4, "123456780".to_owned()));
    // A line that isn't invalid any more stays as it is.
    let Event::Summary(summary) = lists.correct(4, 3, (2, 4), "x", 0) else {
        panic!("it is a list");
    };
    assert_eq!((summary.list, summary.items), (3, 3));
}

#[test]
fn a_correction_responds_with_the_lines_that_are_shown() {
    let mut lists = Lists::default();
    read(
        &mut lists,
        1,
        &("123456789\n".to_owned() + &"x\n".repeat(200)),
    );
    for (call, list, number, lines) in [
        (2, 1, 3, 120),
        // The first line isn't invalid, so nothing is corrected.
        (3, 2, 1, 120),
        (4, 2, 4, 0),
    ] {
        let row = number as usize - 1;
        let Event::Summary(summary) = lists.correct(call, list, (row, number), "y", lines) else {
            panic!("it is a list");
        };
        let expected = if lines == 0 { 50 } else { lines };
        assert_eq!(summary.invalid_lines.len(), expected, "{call}");
    }
}

#[test]
fn only_the_last_runs_keep_their_lists() {
    let mut lists = Lists::default();
    for call in 1..=4 {
        read(&mut lists, call, "123456789");
        let held = lists.held(call).unwrap();
        lists.keep_for_run(&format!("run {call}"), held);
    }
    lists.forget();
    assert!(lists.held(4).is_none());
    assert!(lists.of_run("run 1").is_none());
    assert_eq!(lists.of_run("run 2").unwrap().id, 2);
    assert_eq!(lists.of_run("run 4").unwrap().id, 4);
}

#[test]
fn long_lists_of_older_runs_are_dropped_first() {
    let mut lists = Lists::default();
    let held: Vec<_> = (1..=2)
        .map(|call| {
            read(&mut lists, call, "123456789\n123456780\n");
            lists.held(call).unwrap()
        })
        .collect();
    let one = held[0].source.as_ref().unwrap().memory_bytes();
    assert!(one > "123456789\n123456780\n".len());
    let kept = |size, of: &[usize]| {
        let mut runs: Runs = of
            .iter()
            .map(|list| (String::new(), Rc::clone(&held[*list])))
            .collect();
        drop_oldest(&mut runs, size);
        runs.iter().map(|(_, held)| held.id).collect::<Vec<_>>()
    };
    assert_eq!(kept(2 * one, &[0, 1]), [1, 2]);
    assert_eq!(kept(2 * one - 1, &[0, 1]), [2]);
    assert_eq!(kept(0, &[0, 1]), [2]);
    // A list that was started twice is in memory once.
    assert_eq!(kept(one, &[0, 0]), [1, 1]);
}

#[test]
fn a_file_that_is_no_text_is_refused_by_name() {
    let mut lists = Lists::default();
    for (text, name) in [
        ("%PDF-1.7\n123456789", "a PDF"),
        ("PK\u{3}\u{4}list.csvPK\u{5}\u{6}", "a ZIP archive"),
        ("<html>123456789", "an HTML page"),
    ] {
        let event = read(&mut lists, 1, text);
        assert!(matches!(event, Event::NotAList(error) if error.title.contains(name)));
    }
}
