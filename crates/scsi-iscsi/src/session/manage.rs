//! Task management: abort, reset (RFC 7143 11.5 "Task Management Function Request").

use scsi_transport::Transport;

use super::queue::Aborted;
use super::{GiveUp, Session, lock};
use crate::pdu::answer::{TaskResponse, task_response};
use crate::pdu::request::{TaskRequest, task_function};
use crate::unit::is_unit_zero;

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
                    Aborted::Gone => self.managed(request, task_response::COMPLETE),
                    Aborted::Waits => Ok(()),
                    Aborted::Unknown => self.managed(request, task_response::NO_SUCH_TASK),
                }
            }
            task_function::ABORT_TASK_SET => {
                let mut queue = lock(&self.queue);
                if queue.abort_all() {
                    queue.answer_later(*request);
                    return Ok(());
                }
                drop(queue);
                self.managed(request, task_response::COMPLETE)
            }
            // One task set for all initiators: theirs go too.
            task_function::CLEAR_TASK_SET => {
                self.shared.abort_others(self.nexus);
                let mut queue = lock(&self.queue);
                if queue.abort_all() {
                    queue.answer_later(*request);
                    return Ok(());
                }
                drop(queue);
                self.managed(request, task_response::COMPLETE)
            }
            task_function::LOGICAL_UNIT_RESET
            | task_function::TARGET_WARM_RESET
            | task_function::TARGET_COLD_RESET => {
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
        lock(&self.shared.unit).reset();
    }

    /// Somebody else's request takes this session's tasks away; nobody answers them.
    pub fn abort_all(&self) {
        lock(&self.queue).abort_all();
    }
}
