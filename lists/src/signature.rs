//! Recognizes files that are no text, by their first bytes.

use std::fmt;

/// A kind of file that isn't a list of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileKind {
    /// A workbook of Excel, LibreOffice or another spreadsheet program.
    Workbook,
    /// A Word document, a presentation, or another file of an office program.
    Document,
    /// A PDF.
    Pdf,
    /// A ZIP archive of other files.
    Zip,
    /// A file compressed with gzip.
    Gzip,
    /// A file compressed by another program, such as 7-Zip or xz.
    Archive,
    /// An image, such as a scan or a photograph.
    Image,
    /// An HTML page or an XML file. Some programs export one as `.xls`.
    Html,
    /// The beginning of a ZIP archive, such as a workbook that wasn't downloaded completely.
    Incomplete,
}

impl FileKind {
    /// Returns the kind as text, with its article: `a PDF`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workbook => "a workbook",
            Self::Document => "an Office document",
            Self::Pdf => "a PDF",
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip file",
            Self::Archive => "a compressed file",
            Self::Image => "an image",
            Self::Html => "an HTML page or XML file",
            Self::Incomplete => "an incomplete workbook or archive",
        }
    }

    /// Returns what to do, as a sentence without its period.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Workbook => {
                "Open it, save the sheet as CSV (“Save as”, or “Download as”), and use that file"
            }
            Self::Document => "Copy the numbers out of it into a text file, one per line",
            Self::Pdf | Self::Image => {
                "Copy the numbers out of it into a text file, or ask for the list as CSV"
            }
            Self::Zip => "Unpack it and use the file inside",
            Self::Gzip | Self::Archive => "Decompress it and use the file inside",
            Self::Html => "Open it in a spreadsheet program, save it as CSV, and use that file",
            Self::Incomplete => "Download or copy it again, and use that file",
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Signatures at the start of a file that decide its kind alone.
const SIGNATURES: [(&[u8], FileKind); 13] = [
    (b"%PDF-", FileKind::Pdf),
    (b"\x1f\x8b", FileKind::Gzip),
    (b"7z\xbc\xaf\x27\x1c", FileKind::Archive),
    (b"Rar!\x1a\x07", FileKind::Archive),
    (b"\xfd7zXZ\0", FileKind::Archive),
    (b"\x28\xb5\x2f\xfd", FileKind::Archive),
    (b"BZh91AY&SY", FileKind::Archive),
    (b"{\\rtf", FileKind::Document),
    (b"\x89PNG\r\n\x1a\n", FileKind::Image),
    (b"\xff\xd8\xff", FileKind::Image),
    (b"GIF8", FileKind::Image),
    (b"II*\0", FileKind::Image),
    (b"MM\0*", FileKind::Image),
];

/// Returns the kind of a file that isn't text, by its first bytes.
///
/// It doesn't recognize HTML and XML, which are text.
pub fn file_kind(bytes: &[u8]) -> Option<FileKind> {
    match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(zip_kind(bytes)),
        // A compound file: an Office document before 2007, or an encrypted one.
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Some(compound_kind(bytes)),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(FileKind::Image),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_image_brand(brand) => {
            Some(FileKind::Image)
        }
        _ => SIGNATURES
            .iter()
            .find(|(signature, _)| bytes.starts_with(signature))
            .map(|(_, kind)| *kind),
    }
}

/// Whether an ISO media file is an image: HEIC or AVIF.
fn is_image_brand(brand: &[u8]) -> bool {
    let brands: [&[u8]; 4] = [b"heic", b"heix", b"mif1", b"avif"];
    brands.iter().any(|name| brand.starts_with(name))
}

/// Returns the kind of a ZIP archive by the names in it, which ZIP doesn't compress.
///
/// Names are before each file, and all of them are in the directory at the end.
fn zip_kind(bytes: &[u8]) -> FileKind {
    let first = &bytes[..bytes.len().min(4_096)];
    let last = &bytes[bytes.len().saturating_sub(256 * 1_024)..];
    let has = |name: &[u8]| contains(first, name) || contains(last, name);
    if has_workbook(first) || has_workbook(last) || has(b"opendocument.spreadsheet") {
        FileKind::Workbook
    } else if has(b"application/vnd.oasis.opendocument") {
        FileKind::Document
    } else if has(b"content.xml") && has(b"META-INF/manifest.xml") {
        // An .ods workbook by a program that compresses its type or leaves it out.
        FileKind::Workbook
    } else if !has(b"PK\x05\x06") {
        // The directory is missing.
        FileKind::Incomplete
    } else if has(b"[Content_Types].xml") {
        FileKind::Document
    } else {
        FileKind::Zip
    }
}

/// Whether a part of a ZIP archive has the name of Excel's workbook, in any case.
fn has_workbook(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"xl/workbook";
    bytes.windows(NAME.len()).any(|window| {
        matches!(window[2], b'/' | b'\\')
            && window[..2].eq_ignore_ascii_case(&NAME[..2])
            && window[3..].eq_ignore_ascii_case(&NAME[3..])
    })
}

/// Returns the kind of a compound file by the names of its streams.
fn compound_kind(bytes: &[u8]) -> FileKind {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        contains(bytes, &name)
    };
    match has("WordDocument") || has("PowerPoint Document") || has("__properties_version") {
        true => FileKind::Document,
        false => FileKind::Workbook,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Whether a text begins with HTML or XML: `<div>`, `<!--`, `<?xml`, or the header of a saved page.
pub(crate) fn is_html(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with("MIME-Version:") {
        return true;
    }
    let Some(tag) = start.strip_prefix('<') else {
        return false;
    };
    if tag.starts_with(['!', '?']) {
        return true;
    }
    // `<123-45-6789>` and `<ann@example.com>` are none.
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_');
    let after = tag.trim_start_matches(is_name);
    tag.starts_with(|c: char| c.is_ascii_alphabetic())
        && (after.is_empty()
            || after.starts_with(|c: char| c == '>' || c == '/' || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (bytes, kind) in [
            (&b"%PDF-1.7\n"[..], FileKind::Pdf),
            (b"\x1f\x8b\x08\0", FileKind::Gzip),
            (b"7z\xbc\xaf\x27\x1c\0", FileKind::Archive),
            (b"{\\rtf1\\ansi", FileKind::Document),
            (b"\x89PNG\r\n\x1a\n\0", FileKind::Image),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", FileKind::Image),
            (b"RIFF\x10\0\0\0WEBPVP8 ", FileKind::Image),
            (b"\0\0\0\x18ftypheic", FileKind::Image),
        ] {
            assert_eq!(file_kind(bytes), Some(kind), "{bytes:?}");
        }
        for text in ["", "P", "PK,SSN", "GIF,1", "BM", "RIFF", "123456789", "{"] {
            assert_eq!(file_kind(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_zip_archive_is_known_by_the_names_in_it() {
        let zip = |names: &[&str]| {
            let names = names.concat();
            [b"PK\x03\x04", names.as_bytes(), b"PK\x05\x06"].concat()
        };
        for (names, kind) in [
            (
                &["[Content_Types].xml", "xl/workbook.xml"][..],
                FileKind::Workbook,
            ),
            (
                &["[Content_Types].xml", "xl/workbook.bin"],
                FileKind::Workbook,
            ),
            (&["xl/workbook22.xml"], FileKind::Workbook),
            (&["XL\\Workbook.xml"], FileKind::Workbook),
            (
                &["mimetypeapplication/vnd.oasis.opendocument.spreadsheet"],
                FileKind::Workbook,
            ),
            (
                &["content.xml", "META-INF/manifest.xml"],
                FileKind::Workbook,
            ),
            (
                &["[Content_Types].xml", "word/document.xml"],
                FileKind::Document,
            ),
            (
                &["mimetypeapplication/vnd.oasis.opendocument.text"],
                FileKind::Document,
            ),
            (&["list.csv"], FileKind::Zip),
            (&[], FileKind::Zip),
        ] {
            assert_eq!(file_kind(&zip(names)), Some(kind), "{names:?}");
        }
        let incomplete = b"PK\x03\x04[Content_Types].xml";
        assert_eq!(file_kind(incomplete), Some(FileKind::Incomplete));
        // The directory of a long workbook is at its end.
        let long = [zip(&[]), vec![0; 500_000], b"xl/workbook.xml".to_vec()].concat();
        assert_eq!(file_kind(&long), Some(FileKind::Workbook));
    }

    #[test]
    fn an_old_office_file_is_known_by_its_streams() {
        let compound = |name: &str| {
            let name = name.encode_utf16().flat_map(u16::to_le_bytes);
            let signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".iter().copied();
            signature.chain([0; 100]).chain(name).collect::<Vec<u8>>()
        };
        for (name, kind) in [
            ("Workbook", FileKind::Workbook),
            ("Book", FileKind::Workbook),
            // A workbook with a password, usually.
            ("EncryptedPackage", FileKind::Workbook),
            ("WordDocument", FileKind::Document),
            ("PowerPoint Document", FileKind::Document),
        ] {
            assert_eq!(file_kind(&compound(name)), Some(kind), "{name}");
        }
    }

    #[test]
    fn a_text_that_begins_with_markup_is_recognized() {
        for text in [
            "<html><body>",
            "\u{feff}\r\n <!DOCTYPE html>\n",
            "<TABLE border=1>",
            "<html",
            "<div\nid=\"a\">",
            "<meta charset=utf-8>",
            "<!-- exported -->",
            "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>",
            "<tr><td>",
            "<br/>",
            "<x:list>",
            "MIME-Version: 1.0\n",
        ] {
            assert!(is_html(text), "{text}");
        }
        for text in [
            "",
            "<",
            "<123-45-6789>",
            "<ann@example.com>,123-45-6789",
            "< 9 digits",
            "<Ann, 123-45-6789",
            "html",
            "MIME",
        ] {
            assert!(!is_html(text), "{text}");
        }
    }
}
