//! A test for each rule of the table.

use super::*;
use crate::classify::classify;

/// Weighs a table. Columns are separated by `|`, and the first line is the header unless it is empty.
fn verdict(text: &str) -> Verdict {
    let mut records = text
        .split('\n')
        .map(|line| line.split('|').collect::<Vec<_>>());
    let header = records.next().filter(|header| header.concat() != "");
    let mut columns = vec![Evidence::default(); header.as_ref().map_or(0, Vec::len)];
    for record in records {
        columns.resize(columns.len().max(record.len()), Evidence::default());
        for (column, cell) in columns.iter_mut().zip(record) {
            column.add(classify(cell));
        }
    }
    weigh(header.as_deref(), &columns)
}

fn certain(column: usize, basis: ColumnBasis) -> Verdict {
    Verdict::Certain(column, basis)
}

fn uncertain(columns: &[usize]) -> Verdict {
    Verdict::Uncertain(columns.to_vec())
}

#[test]
fn rule_1_the_only_column_is_certain() {
    for text in ["\n123456789|\n987654321|", "\nx|\n123456789|", "SSN|\n1|"] {
        assert_eq!(verdict(text), certain(0, ColumnBasis::OnlyColumn), "{text}");
    }
    // The other column has a name or a cell.
    assert_eq!(verdict("Tax ID|Name\n123456789|"), uncertain(&[0]));
    assert_eq!(verdict("\n123456789|\n987654321|x"), uncertain(&[0]));
}

#[test]
fn rule_2_a_header_for_ssns_with_half_numbers_is_certain() {
    for text in [
        "Account|SSN\n801200001|123456789",
        "Account|SSN\n801200001|123456789\n801200002|bad",
        "Account|SSN (if any)\n801200001|n/a\n801200002|none\n801200003|123-45-6789",
        "Account|SOC_SEC_NBR\n801200001|12345678",
        "Account|Social\n801200001|123456789.0",
        "Account|SSN\n801200001|1.2E+08",
        "Account|SSN\n801200001|***-**-6789",
        "Spouse SSN|SSN\n123456780|123456789",
        // The first of two such columns is empty.
        "SSN|SSN\n|123456789",
    ] {
        assert_eq!(verdict(text), certain(1, ColumnBasis::Header), "{text}");
    }
    for (text, columns) in [
        ("SSN|x\nbad|y\nworse|z\n123456789|z", &[0][..]),
        ("SSN|x|SSN\n123-45-6789|y|987-65-4321", &[0, 2]),
    ] {
        assert_eq!(verdict(text), uncertain(columns), "{text}");
    }
}

#[test]
fn rule_3_a_header_without_numbers_can_be_contradicted() {
    for text in [
        "SSN|SSN Unmasked\n***-**-6789|123456789",
        "SSN|Number\n***-**-6789|123-45-6789",
        "SSN|Number\n123456789.0|123-45-6789",
    ] {
        assert_eq!(verdict(text), uncertain(&[0, 1]), "{text}");
    }
    let bare = "SSN|Account\n***-**-6789|801200001";
    assert_eq!(verdict(bare), certain(0, ColumnBasis::Header));
}

#[test]
fn rule_4_dashed_numbers_elsewhere_contradict_a_header() {
    for (text, columns) in [
        // A comma in a name shifted each record.
        (
            "Name|Emp No|SSN|\nDoe|Ann|801200001|123-45-6789",
            &[2, 3][..],
        ),
        (
            "Name|Emp No|SSN|Note\nDoe|Ann|801200001|123-45-6789",
            &[2, 3],
        ),
        ("SSN|Tax ID\n801200001|123-45-6789", &[0, 1]),
        // Two columns share a header.
        ("SSN||Dept\n123-45-6780|123-45-6789|HR", &[0, 1]),
        ("SSN||Dept\n123456780|123456789|HR", &[0, 1]),
        // A title.
        ("SSN||\n801200001|Ann|123456789", &[0, 2]),
    ] {
        assert_eq!(verdict(text), uncertain(columns), "{text}");
    }
    for text in [
        "SSN|Spouse SSN\n123456780|123-45-6789",
        "SSN|Case No\n123456780|123-45-6789",
        "SSN|\n123-45-6789|801200001",
        "SSN||\n123456789|Ann|12345",
    ] {
        assert_eq!(verdict(text), certain(0, ColumnBasis::Header), "{text}");
    }
}

#[test]
fn rule_5_one_header_among_other_words_is_certain() {
    for text in [
        "id|employee_ssn\n801200001|123456789",
        "employeeid|employeessn\n801200001|=\"012001001\"",
        "ssn_last4|Member SSN\n6789|123-45-6789",
    ] {
        assert_eq!(verdict(text), certain(1, ColumnBasis::Header), "{text}");
    }
    for (text, columns) in [
        ("His SSN|Her SSN\n123456789|987654321", &[0, 1][..]),
        ("SSN1|SSN2|SSN3\n123|45|6789", &[0, 1, 2]),
        ("Spouse SSN|Number\n123456789|987-65-4321", &[0, 1]),
        ("ssn_last4|tax id\n6789|123456789", &[0, 1]),
        ("Member SSN|Name\n***-**-6789|Ann", &[0]),
        // The numbers of one column were damaged.
        ("Member SSN|Spouse SSN\n12345678|123456780", &[0, 1]),
        ("TIN|Spouse SSN\n123456789|123456780", &[0, 1]),
    ] {
        assert_eq!(verdict(text), uncertain(columns), "{text}");
    }
}

#[test]
fn rule_6_one_dashed_column_is_certain() {
    for text in [
        "\nAnn|123-45-6789\nBob|987654321",
        "Employee No|Tax ID\n801200001|\n801200002|123-45-6789",
        "Employee No|\n801200001|123-45-6789\n801200002|XXX-XX-6789",
        "\nAnn|pending\nBob|123-45-6789\nCy|refused",
        "SSN verified|Tax ID\nY|123-45-6789",
        // A tenth of another column.
        &format!("\n123-45-6780|123-45-6789{}", "\nx|123-45-6789".repeat(9)),
    ] {
        assert_eq!(verdict(text), certain(1, ColumnBasis::Content), "{text}");
    }
    for (text, columns) in [
        ("\nAnn|123-45-6789|987-65-4321", &[1, 2][..]),
        ("\nAnn|123-45-6789\nBob|1\nCy|2", &[1]),
        ("Name|Account No\nAnn|123-45-6789", &[1]),
        ("Name|Policy Number\nAnn|123-45-6789", &[1]),
        ("Member SSN|Tax ID\n|123-45-6789", &[0, 1]),
        ("\nAnn|***-**-6789", &[1]),
        // Parts of one text that a delimiter cut.
        ("\n[\"123-45-6780\"|\"123-45-6789\"", &[0, 1]),
        (
            &format!("\n123-45-6780|123-45-6789{}", "\nx|123-45-6789".repeat(8)),
            &[0, 1],
        ),
    ] {
        assert_eq!(verdict(text), uncertain(columns), "{text}");
    }
}

#[test]
fn rule_7_bare_digits_beside_others_are_never_certain() {
    for (text, columns) in [
        ("\nAnn|123456789", &[1][..]),
        // An amount is no remark.
        ("\n801200001|(500.00)", &[0]),
        ("Name|Tax ID\nAnn|123456789", &[1]),
        ("Name|TIN\nAnn|123456789", &[1]),
        ("Account|Tax ID\n801200001|12001001", &[0, 1]),
        ("Name|Account\nAnn|801200001", &[1]),
        ("\nAnn|19800101|***-**-6789", &[1, 2]),
        ("Name|City\nAnn|Salem", &[]),
    ] {
        assert_eq!(verdict(text), uncertain(columns), "{text}");
    }
}
