#include "evse/permission.h"

#include "evse/limits.h"

namespace evse {

void Permission::command(const Command& command) {
  // What was counted before the first command is not for this controller.
  if (commanded_) {
    if (command.permitted && !command_.permitted) unlocking_ = stopped_ = finished_ = false;
    if (command.unlock_count != command_.unlock_count) unlocking_ = true;
    if (command.clear_faults_count != command_.clear_faults_count) acknowledged_ = true;
  }
  commanded_ = true;
  command_ = command;
}

void Permission::tick(const Inputs& in, bool gone, bool cable_gone) {
  // Starting goes by the edge and stopping by the level: a start button that sticks undoes no stop,
  // and who holds the stop button while plugging in is stopped.
  if (in.button_start && !start_was_) stopped_ = false;
  start_was_ = in.button_start;
  if (in.button_stop) stopped_ = true;
  if (gone) stopped_ = false;
  if (cable_gone) unlocking_ = false;
}

void Permission::watch_plain(uint64_t now_us, uint32_t highest_ma, bool closed) {
  if (idle_.lasts(closed && highest_ma < kPlainEndMa, now_us, kPlainEndUs)) finished_ = true;
}

bool Permission::take_acknowledgement() {
  const bool was = acknowledged_;
  acknowledged_ = false;
  return was;
}

}  // namespace evse
