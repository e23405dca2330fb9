//! CHAP names and secrets: from files and the environment, never from the command line, which everybody sees.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use scsi_iscsi::chap::Secret;
use scsi_iscsi::login::Auth;

use crate::args::serve::Serve;
use crate::failure::Failure;

/// Most bytes of a secret's file.
const LONGEST: u64 = 4096;

/// What Windows' initiator takes at most.
const WINDOWS: usize = 16;

/// Who may log in; `warn` hears of what is not quite right.
pub fn auth(options: &Serve, warn: &mut dyn FnMut(String)) -> Result<Auth, Failure> {
    let Some(name) = &options.chap else { return Ok(Auth::None) };
    let ours = Place {
        file: options.chap_secret_file.as_deref(),
        option: "--chap-secret-file",
        variable: "RAWCD_CHAP_SECRET",
    };
    let theirs = Place {
        file: options.mutual_chap_secret_file.as_deref(),
        option: "--mutual-chap-secret-file",
        variable: "RAWCD_MUTUAL_CHAP_SECRET",
    };
    let secret = ours.secret(warn)?;
    let mutual = match &options.mutual_chap {
        Some(name) => Some((name.clone(), theirs.secret(warn)?)),
        None => None,
    };
    Ok(Auth::Chap { name: name.clone(), secret, mutual })
}

/// Where a secret is.
struct Place<'a> {
    file: Option<&'a Path>,
    option: &'static str,
    variable: &'static str,
}

impl Place<'_> {
    fn secret(&self, warn: &mut dyn FnMut(String)) -> Result<Secret, Failure> {
        let (bytes, place) = match self.file {
            Some(path) => (first_line(path, warn)?, path.display().to_string()),
            None => {
                let secret = std::env::var_os(self.variable).ok_or_else(|| {
                    Failure::new("CHAP needs a secret, and none is given").hint(format!(
                        "{} names a file that has it, or {} holds it",
                        self.option, self.variable
                    ))
                })?;
                (secret.into_encoded_bytes(), self.variable.to_owned())
            }
        };
        let count = bytes.len();
        let secret = Secret::new(bytes).map_err(|error| Failure::new(format_args!("{place}: {error}")))?;
        if secret.is_short() {
            return Err(Failure::new(format_args!(
                "{place}: the secret has {count} bytes, expected at least 12 (RFC 7143 12.1.3)"
            )));
        }
        if count > WINDOWS {
            warn(format!("{place}: the secret has {count} bytes, and Windows takes 12 to {WINDOWS}"));
        }
        Ok(secret)
    }
}

fn first_line(path: &Path, warn: &mut dyn FnMut(String)) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::new(format_args!("{}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    warn_of_readers(path, &file, warn);
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(format_args!(
            "{}: expected a secret in the first line, seen more than {LONGEST} bytes",
            path.display()
        )));
    }
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
    bytes.truncate(end);
    Ok(bytes)
}

#[cfg(unix)]
fn warn_of_readers(path: &Path, file: &File, warn: &mut dyn FnMut(String)) {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        let path = path.display();
        warn(format!(
            "{path}: others may read this secret (mode {mode:03o}); `chmod 600 {path}` changes that"
        ));
    }
}

#[cfg(not(unix))]
const fn warn_of_readers(_: &Path, _: &File, _: &mut dyn FnMut(String)) {}
