//! Any bytes as a stream of PDUs, with and without digests: an end, no panic, and no more memory than was agreed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scsi_iscsi::pdu::answer::{DataIn, LoginResponse, R2t, ScsiResponse};
use scsi_iscsi::pdu::read::PduReader;
use scsi_iscsi::pdu::request::{DataOut, LoginRequest, NopOut, ScsiCommand, TaskRequest, TextRequest};
use scsi_iscsi::pdu::{BasicHeader, Digests};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, stream)) = bytes.split_first() else { return };
    let mut reader = PduReader::new(stream, 8192);
    reader.set_digests(Digests { header: first & 1 != 0, data: first & 2 != 0 });
    while let Ok(Some(pdu)) = reader.next() {
        assert!(pdu.data.len() <= 8192);
        let header: &BasicHeader = &pdu.header;
        // What a header says survives being read and written, but for what is reserved.
        macro_rules! survives {
            ($($kind:ty),*) => {
                $(if let Ok(read) = <$kind>::parse(header) {
                    assert_eq!(<$kind>::parse(&read.emit()), Ok(read));
                })*
            };
        }
        survives!(ScsiCommand, DataOut, LoginRequest, NopOut, TaskRequest, TextRequest);
        survives!(DataIn, R2t, ScsiResponse, LoginResponse);
    }
});
