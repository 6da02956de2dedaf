//! Records that don't fit their table, so that their numbers may be other ones.

use super::*;

#[test]
fn a_number_without_dashes_is_not_certain_beside_a_dashed_one() {
    for (text, expected) in [
        // A field is missing.
        (
            "Name,Dept,SSN,Account\nAnn,HR,123-45-6789,801200001\nBob,987-65-4321,801200002",
            ["123456789", "Shifted"],
        ),
        // Two cells are swapped.
        (
            "Emp No,SSN\n801200001,123-45-6789\n987-65-4321,801200002",
            ["123456789", "Shifted"],
        ),
        // The spouse's number has dashes elsewhere too.
        (
            "SSN,Spouse SSN\n123-45-6789,123-45-6780\n987654321,987-65-4320",
            ["123456789", "987654321"],
        ),
        (
            "Name,SSN\nAnn,123-45-6789\nBob,987654321",
            ["123456789", "987654321"],
        ),
    ] {
        assert_eq!(rows(&read(text)), expected, "{text}");
    }
}

#[test]
fn a_short_record_with_another_number_is_not_certain() {
    let full = "801200001,HR,123456789,801300001\n".repeat(10);
    for (record, expected) in [
        ("801200002,987654321,801300002", "Shifted"),
        ("801200002,HR,987-65-4321", "987654321"),
        ("x,HR,987654321", "987654321"),
        ("801200002,HR", "Empty"),
    ] {
        let source = read(&format!("Emp No,Dept,SSN,Account\n{full}{record}"));
        assert_eq!(rows(&source)[10], expected, "{record}");
    }
    // Many records are cut where their last cells are empty.
    let source = read("Emp No,SSN,Note\n801200001,123456789\n801200002,987654321");
    assert_eq!(rows(&source), ["123456789", "987654321"]);
}

#[test]
fn below_the_header_of_another_table_only_dashed_numbers_are_read() {
    for header in ["Name,Employee ID,SSN", "Bank,Account,x"] {
        let text = format!(
            "Name,SSN,Dept\nAnn,123-45-6789,HR\n\n{header}\nBob,801200001,1\nCy,987-65-4321,2\n\
             Name,SSN,Dept\nDee,123456780,HR"
        );
        let source = read(&text);
        let expected = [
            "123456789",
            "NoDigits",
            "Shifted",
            "987654321",
            "RepeatedHeader",
            "123456780",
        ];
        assert_eq!(rows(&source), expected, "{header}");
    }
    let source = read("Name,SSN\nAnn,123456789\nOffice,no\nBob,987654321");
    assert_eq!(rows(&source), ["123456789", "NoDigits", "987654321"]);
}

#[test]
fn counts_in_trailers_and_totals_are_not_asked() {
    for record in [
        "Hash Total,802200003",
        "Total Employees,000000002",
        "T,000000002",
    ] {
        let text = format!("Name,SSN\nAnn,123-45-6789\nBob,987-65-4321\n{record}");
        assert_eq!(rows(&read(&text))[2], "ControlRecord", "{record}");
    }
    let source = read("Type,SSN\nT,123456789\nH,987654321");
    assert_eq!(rows(&source), ["123456789", "987654321"]);
}

#[test]
fn a_short_table_may_have_lines_of_other_text() {
    let text = "Name,SSN\nAnn,123-45-6789\n\nReport run at 10:00 AM\nPage 1 of 1";
    let source = read(text);
    assert_eq!(rows(&source)[0], "123456789");
    assert_eq!(source.list.invalid, 2);
    assert_eq!(layout_of(&source), Some((1, b',', true)));
}

#[test]
fn a_number_above_the_header_is_not_asked() {
    let source = read("Batch No,801200009\nName,SSN\nAnn,123456789");
    assert_eq!(rows(&source), ["Preamble", "123456789"]);
}
