//! Reading a text file that anybody may have written: bounded, UTF-8, and said so when it is not.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read, bytes. The largest fixture of this project has 50 thousand.
pub const LARGEST: usize = 4 << 20;

/// What some editors put before the text.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The text of a file, without a byte order mark. A file that is larger than [`LARGEST`], or has no
/// end, is refused as soon as that is known; the error says what is wrong, not in which file.
pub fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    // One byte more than may be, to see that there is more.
    File::open(path)?.take(LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        let what = format!("larger than {} MiB, the most that is read", LARGEST >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| not_text(&error))?;
    if text.starts_with(BYTE_ORDER_MARK) {
        text.drain(..BYTE_ORDER_MARK.len_utf8());
    }
    Ok(text)
}

fn not_text(error: &std::string::FromUtf8Error) -> io::Error {
    let what = match error.as_bytes() {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "text in UTF-16".to_owned(),
        bytes => {
            let at = error.utf8_error().valid_up_to();
            let line = bytes.iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
            format!("not UTF-8 text: byte {at}, in line {line}")
        }
    };
    io::Error::new(io::ErrorKind::InvalidData, format!("{what}; save it as UTF-8"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn written(bytes: &[u8]) -> io::Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.ron");
        fs::write(&path, bytes).unwrap();
        read(&path)
    }

    #[test]
    fn a_file_may_be_as_large_as_it_says() {
        assert_eq!(written(&vec![b' '; LARGEST]).unwrap().len(), LARGEST);
        let error = written(&vec![b' '; LARGEST + 1]).unwrap_err();
        assert_eq!(error.to_string(), "larger than 4 MiB, the most that is read");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_without_end_is_refused() {
        assert_eq!(read(Path::new("/dev/zero")).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[test]
    fn a_byte_order_mark_is_not_text() {
        assert_eq!(written(b"\xEF\xBB\xBF(a: 1)").unwrap(), "(a: 1)");
    }

    #[test]
    fn what_is_not_utf_8_is_told_with_its_place() {
        let error = written(b"(\n  \xFC").unwrap_err().to_string();
        assert_eq!(error, "not UTF-8 text: byte 4, in line 2; save it as UTF-8");
        let error = written(b"\xFF\xFE(\0").unwrap_err().to_string();
        assert_eq!(error, "text in UTF-16; save it as UTF-8");
    }
}
