//! What an initiator sends.

use super::Lun;
use super::header::header;

header! {
    /// RFC 7143 11.3 "SCSI Command". The data segment is immediate data.
    ScsiCommand = SCSI_COMMAND {
        /// Delivered at once, outside the order of CmdSN.
        immediate: bool @ 0:6,
        /// No unsolicited Data-Out follows.
        is_final: bool @ 1:7,
        /// Data may come from the device.
        read: bool @ 1:6,
        /// Data goes to the device.
        write: bool @ 1:5,
        /// Task attribute: 1 simple, 2 ordered, 3 head of queue, 4 ACA.
        attribute: u8 @ 1:0/3,
        /// Which unit.
        lun: Lun @ 8,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// Bytes that the initiator expects to move.
        expected_bytes: u32 @ 20,
        /// CmdSN.
        command_number: u32 @ 24,
        /// ExpStatSN.
        expected_status: u32 @ 28,
        /// The CDB, zeros behind it.
        cdb: bytes[16] @ 32,
    }
}

header! {
    /// RFC 7143 11.5 "Task Management Function Request".
    TaskRequest = TASK_REQUEST {
        /// Delivered at once.
        immediate: bool @ 0:6,
        /// Always set.
        is_final: bool @ 1:7,
        /// What to do: see [`task_function`].
        function: u8 @ 1:0/7,
        /// Which unit.
        lun: Lun @ 8,
        /// Initiator task tag of this request.
        task_tag: u32 @ 16,
        /// Which task is to be aborted.
        referenced_tag: u32 @ 20,
        /// CmdSN.
        command_number: u32 @ 24,
        /// ExpStatSN.
        expected_status: u32 @ 28,
        /// CmdSN of the task to be aborted.
        referenced_number: u32 @ 32,
        /// For reassignment.
        expected_data: u32 @ 36,
    }
}

/// RFC 7143 11.5.1 "Function".
pub mod task_function {
    /// One task.
    pub const ABORT_TASK: u8 = 1;
    /// All tasks of this initiator.
    pub const ABORT_TASK_SET: u8 = 2;
    /// The auto contingent allegiance.
    pub const CLEAR_ACA: u8 = 3;
    /// All tasks of all initiators.
    pub const CLEAR_TASK_SET: u8 = 4;
    /// The unit.
    pub const LOGICAL_UNIT_RESET: u8 = 5;
    /// All units; sessions stay.
    pub const TARGET_WARM_RESET: u8 = 6;
    /// All units, and all connections end.
    pub const TARGET_COLD_RESET: u8 = 7;
    /// Another connection takes a task over.
    pub const TASK_REASSIGN: u8 = 8;
}

header! {
    /// RFC 7143 11.7 "SCSI Data-Out".
    DataOut = DATA_OUT {
        /// The last of this sequence.
        is_final: bool @ 1:7,
        /// Which unit, or zeros.
        lun: Lun @ 8,
        /// Which task.
        task_tag: u32 @ 16,
        /// Of the R2T that asked for it, or FFFFFFFFh.
        transfer_tag: u32 @ 20,
        /// ExpStatSN.
        expected_status: u32 @ 28,
        /// DataSN: number of this PDU in its sequence.
        data_number: u32 @ 36,
        /// Where in the task's data.
        offset: u32 @ 40,
    }
}

header! {
    /// RFC 7143 11.10 "Text Request". The data segment is text.
    TextRequest = TEXT_REQUEST {
        /// Delivered at once.
        immediate: bool @ 0:6,
        /// The end of what the initiator has to say.
        is_final: bool @ 1:7,
        /// The text goes on in the next PDU.
        goes_on: bool @ 1:6,
        /// A unit, or zeros.
        lun: Lun @ 8,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// FFFFFFFFh, or what the target gave to go on with.
        transfer_tag: u32 @ 20,
        /// CmdSN.
        command_number: u32 @ 24,
        /// ExpStatSN.
        expected_status: u32 @ 28,
    }
}

header! {
    /// RFC 7143 11.12 "Login Request". The data segment is text.
    LoginRequest = LOGIN_REQUEST {
        /// Always set.
        immediate: bool @ 0:6,
        /// Ready for the next stage.
        transit: bool @ 1:7,
        /// The text goes on in the next PDU.
        goes_on: bool @ 1:6,
        /// CSG: 0 security, 1 operational parameters, 3 full feature phase.
        current_stage: u8 @ 1:2/2,
        /// NSG: where to with `transit`.
        next_stage: u8 @ 1:0/2,
        /// The highest version of the initiator.
        version_max: u8 @ 2,
        /// The lowest.
        version_min: u8 @ 3,
        /// ISID: the initiator's part of the session's name.
        isid: bytes[6] @ 8,
        /// TSIH: the target's part; 0 asks for a new session.
        tsih: u16 @ 14,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// CID.
        connection: u16 @ 20,
        /// CmdSN.
        command_number: u32 @ 24,
        /// ExpStatSN.
        expected_status: u32 @ 28,
    }
}

header! {
    /// RFC 7143 11.14 "Logout Request".
    LogoutRequest = LOGOUT_REQUEST {
        /// Delivered at once.
        immediate: bool @ 0:6,
        /// Always set.
        is_final: bool @ 1:7,
        /// 0 the session, 1 the connection, 2 the connection for recovery.
        reason: u8 @ 1:0/7,
        /// Initiator task tag.
        task_tag: u32 @ 16,
        /// CID.
        connection: u16 @ 20,
        /// CmdSN.
        command_number: u32 @ 24,
        /// ExpStatSN.
        expected_status: u32 @ 28,
    }
}

header! {
    /// RFC 7143 11.18 "NOP-Out". The data segment is to be sent back.
    NopOut = NOP_OUT {
        /// Delivered at once.
        immediate: bool @ 0:6,
        /// Always set.
        is_final: bool @ 1:7,
        /// Copied from the NOP-In that is answered.
        lun: Lun @ 8,
        /// FFFFFFFFh where no answer is wanted.
        task_tag: u32 @ 16,
        /// Of the NOP-In that is answered, or FFFFFFFFh.
        transfer_tag: u32 @ 20,
        /// CmdSN.
        command_number: u32 @ 24,
        /// ExpStatSN.
        expected_status: u32 @ 28,
    }
}
