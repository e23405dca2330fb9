//! Task management: abort, reset (RFC 7143 11.5 "Task Management Function Request").

use mmc_wire::Sense;
use scsi_transport::Transport;

use super::queue::Aborted;
use super::{GiveUp, Session, lock};
use crate::pdu::answer::{TaskResponse, task_response};
use crate::pdu::request::{TaskRequest, task_function};
use crate::server::Change;
use crate::unit::is_unit_zero;

/// SAM "Unit attention condition": another initiator has cleared the task set.
const COMMANDS_CLEARED: Sense = Sense::new(6, 0x2F, 0);

impl<T: Transport> Session<T> {
    pub(super) fn manage(&self, request: &TaskRequest) -> Result<(), GiveUp> {
        let addresses_unit = matches!(
            request.function,
            task_function::ABORT_TASK
                | task_function::ABORT_TASK_SET
                | task_function::CLEAR_TASK_SET
                | task_function::LOGICAL_UNIT_RESET
        );
        if addresses_unit && !is_unit_zero(request.lun) {
            return self.managed(request, task_response::NO_SUCH_UNIT);
        }
        match request.function {
            task_function::ABORT_TASK => {
                let aborted = lock(&self.queue).abort(*request);
                match aborted {
                    Aborted::Gone => self.managed(request, task_response::COMPLETE)?,
                    Aborted::Waits => {}
                    Aborted::Unknown => self.managed(request, task_response::NO_SUCH_TASK)?,
                }
                self.go_on()
            }
            task_function::ABORT_TASK_SET => self.abort_task_set(request),
            // One task set for all initiators: theirs go too, and they hear of it (SAM "CLEAR TASK SET").
            task_function::CLEAR_TASK_SET => {
                for nexus in self.shared.abort_others(self.nexus) {
                    self.shared.change(Change::Raise(nexus, COMMANDS_CLEARED));
                }
                self.abort_task_set(request)
            }
            task_function::LOGICAL_UNIT_RESET
            | task_function::TARGET_WARM_RESET
            | task_function::TARGET_COLD_RESET => {
                // The reset itself is what they hear of.
                self.shared.abort_others(self.nexus);
                let mut queue = lock(&self.queue);
                queue.abort_all();
                queue.push_reset(*request);
                drop(queue);
                self.ready.notify_one();
                Ok(())
            }
            // No auto contingent allegiance here, and one connection a session.
            _ => self.managed(request, task_response::NOT_SUPPORTED),
        }
    }

    fn abort_task_set(&self, request: &TaskRequest) -> Result<(), GiveUp> {
        let mut queue = lock(&self.queue);
        if queue.abort_all().waits {
            queue.answer_later(*request);
            return Ok(());
        }
        drop(queue);
        self.managed(request, task_response::COMPLETE)?;
        self.go_on()
    }

    /// What waited behind a task that is gone may be the next, and has perhaps not been asked for its data.
    fn go_on(&self) -> Result<(), GiveUp> {
        self.ask_for_data()?;
        self.ready.notify_one();
        Ok(())
    }

    /// Says what came of a request.
    pub(super) fn managed(&self, request: &TaskRequest, response: u8) -> Result<(), GiveUp> {
        log::info!(
            "task management function {} from {:?}: response {response}",
            request.function,
            self.nexus
        );
        let answer =
            TaskResponse { is_final: true, response, task_tag: request.task_tag, ..TaskResponse::default() };
        self.answer(answer, &[])?;
        if request.function == task_function::TARGET_COLD_RESET {
            self.shared.close_sessions();
        }
        Ok(())
    }

    /// Resets the unit.
    pub(super) fn reset(&self) {
        self.shared.unit().reset();
    }

    /// Somebody else's request takes this session's tasks away; nobody answers them. Whether there were any.
    pub fn abort_all(&self) -> bool {
        let any = lock(&self.queue).abort_all().any;
        self.ready.notify_one();
        any
    }
}
