#include "ocpp/charge_point.h"
#include "ocpp/remote_control.h"

namespace evse::ocpp {

namespace {

// A lock that has not opened this long after it was told to is jammed.
constexpr uint64_t kUnlockingTimeoutS = 5;

}  // namespace

void Unlock::unlock(const MessageId& id, const Json* payload) {
  Connector* connector = cp_.connector(integer_of(payload, "connectorId"));
  if (connector == nullptr || !connector->keeps_cables()) {
    cp_.calls.status(id, "NotSupported");
    return;
  }
  Waiting& waiting = waiting_[connector->number - 1];
  if (waiting.step != Step::None) {
    cp_.calls.status(id, "UnlockFailed");
    return;
  }
  waiting.id = id;
  waiting.socket = cp_.calls.socket();
  connector->lock_owner.clear();
  if (connector->transaction == nullptr) {
    open(*connector);
  } else {
    // It ends the transaction first (OCPP 1.6 5.18).
    waiting.step = Step::Ending;
    cp_.transactions.stop(*connector, StopReason::UnlockCommand);
  }
}

void Unlock::ended(Connector& connector) {
  if (waiting_[connector.number - 1].step == Step::Ending) open(connector);
}

void Unlock::open(Connector& connector) {
  Waiting& waiting = waiting_[connector.number - 1];
  waiting.step = Step::Opening;
  waiting.jammed.set(cp_.in_seconds(kUnlockingTimeoutS));
  // The answer comes before StopTransaction and Finishing, which are due by now.
  cp_.calls.hold();
  connector.command.hold_lock = false;
  ++connector.command.unlock_count;
}

void Unlock::reported(const Connector& connector) {
  Waiting& waiting = waiting_[connector.number - 1];
  if (waiting.step == Step::Opening && !connector.report.locked) answer(waiting, "Unlocked");
}

void Unlock::poll() {
  for (const Connector& connector : cp_) {
    reported(connector);
    Waiting& waiting = waiting_[connector.number - 1];
    if (waiting.jammed.due(cp_.now_us)) answer(waiting, "UnlockFailed");
  }
}

uint64_t Unlock::next_us() const {
  uint64_t next = kNever;
  for (const Waiting& waiting : waiting_) {
    if (waiting.jammed.at_us() < next) next = waiting.jammed.at_us();
  }
  return next;
}

void Unlock::answer(Waiting& waiting, const char* status) {
  if (!cp_.calls.can_say()) {
    waiting.jammed.set(cp_.now_us);  // the transport has not taken the last message yet
    return;
  }
  waiting.step = Step::None;
  waiting.jammed.cancel();
  cp_.calls.release();
  // Another socket does not know the question.
  if (cp_.calls.open() && waiting.socket == cp_.calls.socket()) cp_.calls.status(waiting.id, status);
}

}  // namespace evse::ocpp
