//! What a target sends.

use super::Lun;
use super::header::header;

header! {
    /// RFC 7143 11.4 "SCSI Response". The data segment is sense data behind its length in two bytes.
    ScsiResponse = SCSI_RESPONSE {
        /// Always set.
        is_final: bool @ 1:7,
        /// More bytes would have moved than were expected.
        overflow: bool @ 1:2,
        /// Fewer moved.
        underflow: bool @ 1:1,
        /// 0 the command was completed at the target, 1 the target failed.
        response: u8 @ 2,
        /// SCSI status; counts with `response` 0.
        status: u8 @ 3,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// SNACK tag; zeros.
        snack_tag: u32 @ 20,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
        /// ExpDataSN: how many Data-In and R2T PDUs the task has had.
        expected_data: u32 @ 36,
        /// How many bytes too few or too many.
        residual: u32 @ 44,
    }
}

header! {
    /// RFC 7143 11.6 "Task Management Function Response".
    TaskResponse = TASK_RESPONSE {
        /// Always set.
        is_final: bool @ 1:7,
        /// What came of it: see [`task_response`].
        response: u8 @ 2,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
    }
}

/// RFC 7143 11.6.1 "Response".
pub mod task_response {
    /// Done.
    pub const COMPLETE: u8 = 0;
    /// There is no such task.
    pub const NO_SUCH_TASK: u8 = 1;
    /// There is no such unit.
    pub const NO_SUCH_UNIT: u8 = 2;
    /// This target does not do that.
    pub const NOT_SUPPORTED: u8 = 5;
}

header! {
    /// RFC 7143 11.7 "SCSI Data-In". The data segment is data.
    DataIn = DATA_IN {
        /// The last of this sequence.
        is_final: bool @ 1:7,
        /// Status comes with it ("phase collapse").
        has_status: bool @ 1:0,
        /// More bytes would have moved than were expected.
        overflow: bool @ 1:2,
        /// Fewer moved.
        underflow: bool @ 1:1,
        /// SCSI status, with `has_status`.
        status: u8 @ 3,
        /// Which unit, for an acknowledgement; zeros.
        lun: Lun @ 8,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// FFFFFFFFh: no acknowledgement wanted.
        transfer_tag: u32 @ 20,
        /// StatSN, with `has_status`.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
        /// DataSN.
        data_number: u32 @ 36,
        /// Where in the task's data.
        offset: u32 @ 40,
        /// How many bytes too few or too many, with `has_status`.
        residual: u32 @ 44,
    }
}

header! {
    /// RFC 7143 11.8 "Ready To Transfer".
    R2t = R2T {
        /// Always set.
        is_final: bool @ 1:7,
        /// Which unit.
        lun: Lun @ 8,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// To be copied into the Data-Out PDUs.
        transfer_tag: u32 @ 20,
        /// StatSN, which does not advance.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
        /// R2TSN: number of this R2T in its task.
        number: u32 @ 36,
        /// Where in the task's data.
        offset: u32 @ 40,
        /// How many bytes.
        bytes: u32 @ 44,
    }
}

header! {
    /// RFC 7143 11.9 "Asynchronous Message". With event 0 the data segment is as in a SCSI Response.
    AsyncMessage = ASYNC_MESSAGE {
        /// Always set.
        is_final: bool @ 1:7,
        /// Which unit.
        lun: Lun @ 8,
        /// FFFFFFFFh.
        task_tag: u32 @ 16,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
        /// What happened: see [`event`].
        event: u8 @ 36,
        /// Vendor's code.
        vendor_code: u8 @ 37,
        /// Which connection, or for event 1 nothing.
        parameter1: u16 @ 38,
        /// Seconds to wait.
        parameter2: u16 @ 40,
        /// Seconds to be retained, or to log out within.
        parameter3: u16 @ 42,
    }
}

/// RFC 7143 11.9.1 "AsyncEvent".
pub mod event {
    /// Sense data tells.
    pub const SCSI: u8 = 0;
    /// Please log out.
    pub const LOGOUT_REQUESTED: u8 = 1;
    /// This connection will be dropped.
    pub const CONNECTION_DROPS: u8 = 2;
    /// All connections of the session will be.
    pub const SESSION_DROPS: u8 = 3;
    /// Negotiate parameters again.
    pub const NEGOTIATE: u8 = 4;
}

header! {
    /// RFC 7143 11.11 "Text Response". The data segment is text.
    TextResponse = TEXT_RESPONSE {
        /// The end of what the target has to say.
        is_final: bool @ 1:7,
        /// The text goes on in the next PDU.
        goes_on: bool @ 1:6,
        /// A unit, or zeros.
        lun: Lun @ 8,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// To go on with, or FFFFFFFFh.
        transfer_tag: u32 @ 20,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
    }
}

header! {
    /// RFC 7143 11.13 "Login Response". The data segment is text.
    LoginResponse = LOGIN_RESPONSE {
        /// On to the next stage.
        transit: bool @ 1:7,
        /// The text goes on in the next PDU.
        goes_on: bool @ 1:6,
        /// CSG.
        current_stage: u8 @ 1:2/2,
        /// NSG.
        next_stage: u8 @ 1:0/2,
        /// The highest version of the target.
        version_max: u8 @ 2,
        /// The one in force.
        version_active: u8 @ 3,
        /// ISID, as it came.
        isid: bytes[6] @ 8,
        /// TSIH, in the last response of a login.
        tsih: u16 @ 14,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
        /// Status class: 0 success, 1 redirection, 2 the initiator's fault, 3 the target's.
        status_class: u8 @ 36,
        /// Status detail.
        status_detail: u8 @ 37,
    }
}

header! {
    /// RFC 7143 11.15 "Logout Response".
    LogoutResponse = LOGOUT_RESPONSE {
        /// Always set.
        is_final: bool @ 1:7,
        /// 0 closed, 1 no such connection, 2 no recovery here.
        response: u8 @ 2,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
        /// Seconds to wait.
        time_to_wait: u16 @ 40,
        /// Seconds that tasks are retained.
        time_to_retain: u16 @ 42,
    }
}

header! {
    /// RFC 7143 11.17 "Reject". The data segment is the header that is rejected.
    Reject = REJECT {
        /// Always set.
        is_final: bool @ 1:7,
        /// Why: see [`reject_reason`].
        reason: u8 @ 2,
        /// FFFFFFFFh.
        task_tag: u32 @ 16,
        /// StatSN.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
    }
}

/// RFC 7143 11.17.1 "Reason".
pub mod reject_reason {
    /// The data digest was wrong.
    pub const DATA_DIGEST: u8 = 0x02;
    /// SNACK: that cannot be sent again.
    pub const SNACK: u8 = 0x03;
    /// Against the protocol.
    pub const PROTOCOL: u8 = 0x04;
    /// This target does not do that.
    pub const NOT_SUPPORTED: u8 = 0x05;
    /// More commands for immediate delivery than this target takes.
    pub const TOO_MANY_IMMEDIATE: u8 = 0x06;
    /// A task that is in progress.
    pub const TASK_IN_PROGRESS: u8 = 0x07;
    /// A field has a value that it cannot have.
    pub const INVALID_FIELD: u8 = 0x09;
}

header! {
    /// RFC 7143 11.19 "NOP-In". The data segment is what came with the NOP-Out.
    NopIn = NOP_IN {
        /// Always set.
        is_final: bool @ 1:7,
        /// Zeros where `transfer_tag` is FFFFFFFFh.
        lun: Lun @ 8,
        /// Of the NOP-Out that is answered, or FFFFFFFFh.
        task_tag: u32 @ 16,
        /// To be copied into the answer, or FFFFFFFFh where none is wanted.
        transfer_tag: u32 @ 20,
        /// StatSN; advances when this is an answer.
        status_number: u32 @ 24,
        /// ExpCmdSN.
        expected_command: u32 @ 28,
        /// MaxCmdSN.
        max_command: u32 @ 32,
    }
}
