//! The stream that CreateResultImage gives, as `IStream`.

use raw_cd::HResult;
use raw_cd_com::client::ComStream;

use super::plain;
use crate::judge::Called;
use crate::literal::hex;
use crate::term::Term;

/// Calls a member. `null` passes NULL where the result would go.
pub(super) fn call(stream: &ComStream, name: &str, args: &[Term], null: bool) -> Result<Called, String> {
    let wrong = || format!("{name} does not take {}", Term::List(args.to_vec()));
    let number = |n: u64| Term::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let code = |code: HResult| Ok(plain(code, Term::None));
    let given =
        |(code, value): (HResult, Term)| Ok(plain(code, if code.is_success() { value } else { Term::None }));
    match (name, args, null) {
        ("Read", [Term::Int(bytes)], null) => {
            let bytes = u32::try_from(*bytes).map_err(|_| wrong())?;
            if null {
                return code(stream.read_into_null(bytes));
            }
            let (code, bytes) = stream.read(bytes);
            given((code, hex(&bytes).into()))
        }
        ("Seek", [Term::Int(distance), Term::Int(origin)], false) => {
            let (code, at) = stream.seek(*distance, u32::try_from(*origin).map_err(|_| wrong())?);
            given((code, number(at)))
        }
        ("Stat", [], true) => code(stream.stat_into_null()),
        ("Stat", [], false) => {
            let (code, size) = stream.stat();
            given((code, number(size)))
        }
        ("Write", [], false) => code(stream.write()),
        ("SetSize", [Term::Int(bytes)], false) => {
            code(stream.set_size(u64::try_from(*bytes).map_err(|_| wrong())?))
        }
        ("CopyTo", [], false) => code(stream.copy_to()),
        ("Commit", [], false) => code(stream.commit()),
        ("Revert", [], false) => code(stream.revert()),
        ("LockRegion", [], false) => code(stream.lock_region()),
        ("UnlockRegion", [], false) => code(stream.unlock_region()),
        ("Clone", [], true) => code(stream.clone_into_null()),
        ("Clone", [], false) => code(stream.clone_stream()),
        _ => Err(wrong()),
    }
}
