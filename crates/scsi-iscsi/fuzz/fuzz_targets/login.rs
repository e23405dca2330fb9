//! Any stream of PDUs as a login: it ends within its bounds, and never gets past CHAP.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use scsi_iscsi::chap::Secret;
use scsi_iscsi::login::{Auth, Login, LoginPolicy, MOST_REQUESTS, Step};
use scsi_iscsi::pdu::read::PduReader;
use scsi_iscsi::pdu::request::LoginRequest;

fuzz_target!(|bytes: &[u8]| {
    let Some((first, stream)) = bytes.split_first() else { return };
    let mut policy = LoginPolicy::new("iqn.2026-11.com.example:drive");
    let chap = first & 1 != 0;
    if chap {
        let Ok(secret) = Secret::new(b"a secret of some length".to_vec()) else { return };
        policy.auth = Auth::Chap { name: "fuzz".to_owned(), secret, mutual: None };
    }
    let mut login = Login::new(Arc::new(policy));
    let mut reader = PduReader::new(stream, 8192);
    let mut requests = 0;
    while let Ok(Some(pdu)) = reader.next() {
        let Ok(request) = LoginRequest::parse(&pdu.header) else { return };
        requests += 1;
        assert!(requests <= MOST_REQUESTS + 1, "it goes on and on");
        match login.step(&request, pdu.data) {
            Step::Answer(..) => {}
            Step::Done(..) => {
                // The challenge is random: nobody guesses the response.
                assert!(!chap, "past CHAP");
                return;
            }
            Step::Refused(response, _) => {
                assert_ne!(response.status_class, 0);
                return;
            }
        }
    }
});
