//! What happened since the host last asked.

use crate::cdb;

cdb! {
    /// GET EVENT STATUS NOTIFICATION.
    ///
    /// MMC "GET EVENT STATUS NOTIFICATION Command".
    GetEventStatusNotification {
        /// Answer at once. No drive does the other thing.
        polled: bool = bit(1, 0);
        /// One bit a class: 1 operational change, 2 power, 3 external request, 4 media,
        /// 5 multi-host, 6 device busy.
        classes: u8 = be(4, 1);
        /// Allocation length, bytes.
        allocation: u16 = be(7, 2);
    }
}
