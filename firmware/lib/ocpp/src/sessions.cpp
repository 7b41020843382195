#include "ocpp/sessions.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

// A socket that has neither locked nor reported a failed lock by then has no lock.
constexpr uint64_t kLockingTimeoutS = 2;

Text<120> about(const char* before, const Tag& tag, const char* after) {
  return Text<120>(before).add(tag.get()).add(after);
}

}  // namespace

// --- tags ---

void Sessions::present_tag(Connector& connector, const Tag& tag) {
  const int number = connector.number;
  if (connector.transaction != nullptr) {
    tag_in_transaction(connector, tag);
  } else if (!connector.lock_owner.empty() && connector.lock_owner.is(tag.get())) {
    connector.lock_owner.clear();
    connector.command.hold_lock = false;
  } else if (connector.asking != 0) {
    cp_.event(number, about("tag ", tag, " not taken: one is being checked"));
  } else if (connector.permitted) {
    if (connector.tag.is(tag.get())) withdraw(connector);  // a second swipe (B1)
  } else if (!connector.may_begin()) {
    cp_.event(number, about("tag ", tag, " not taken here"));
  } else if (!cp_.reservations.may_admit(connector, tag)) {
    cp_.event(number, about("tag ", tag, " not taken: reserved"));
  } else {
    authorize(connector, tag);
  }
}

void Sessions::remote_start(Connector& connector, const Tag& tag, bool with_authorization) {
  connector.stale = false;
  if (with_authorization) {
    authorize(connector, tag);
  } else {
    Decision decision;
    decision.accepted = true;
    permitted(connector, tag, decision);
  }
}

bool Sessions::may_start(const Connector& connector, const Tag& tag) const {
  return connector.is_free() && cp_.reservations.may_admit(connector, tag);
}

void Sessions::authorize(Connector& connector, const Tag& tag) {
  // 31 bits of it travel with the question.
  questions_ = questions_ % 0x7FFFFFFFu + 1;
  connector.asking = questions_;
  cp_.authorization.decide(tag, connector.number, Purpose::Begin, questions_);
}

void Sessions::decided(Connector& connector, const Tag& tag, Purpose purpose, uint32_t question,
                       const Decision& decision) {
  if (purpose == Purpose::Begin) {
    if (connector.asking != question) return;
    connector.asking = 0;
    permitted(connector, tag, decision);
    return;
  }
  Transaction* transaction = connector.transaction;
  if (transaction == nullptr || transaction->local_id != question) return;
  const bool same_group =
      !decision.parent_tag.empty() && decision.parent_tag.is(transaction->parent_tag.get());
  if (decision.accepted && same_group) cp_.transactions.stop(connector, StopReason::Local, &tag);
}

void Sessions::permitted(Connector& connector, const Tag& tag, const Decision& decision) {
  if (!decision.accepted) {
    cp_.event(connector.number, about("tag ", tag, " refused: ").add(decision.why));
    return;
  }
  // Overtaken while the answer was on its way: what waited for it is void.
  if (!connector.is_free()) return;
  if (!cp_.reservations.admits(connector, tag, decision.parent_tag)) {
    cp_.event(connector.number, about("tag ", tag, " not taken: reserved"));
    return;
  }
  connector.permitted = true;
  connector.tag = tag;
  connector.parent_tag = decision.parent_tag;
  wait(connector);
  cp_.status.update();  // Preparing, before anything begins
  if (connector.report.plugged || connector.is_plain()) lock_and_begin(connector);
}

// Only the starting tag, or one of its group, may stop (OCPP 1.6 4.8).
void Sessions::tag_in_transaction(Connector& connector, const Tag& tag) {
  const Transaction& transaction = *connector.transaction;
  if (transaction.stopping()) return;
  if (transaction.tag.is(tag.get())) {
    cp_.transactions.stop(connector, StopReason::Local, &tag);
  } else if (transaction.parent_tag.empty()) {
    cp_.event(connector.number, about("tag ", tag, " may not stop this transaction"));
  } else {
    cp_.authorization.decide(tag, connector.number, Purpose::End, transaction.local_id);
  }
}

void Sessions::withdraw(Connector& connector) {
  connector.waiting.cancel();
  connector.locking.cancel();
  connector.permitted = false;
  connector.command.hold_lock = false;
}

void Sessions::wait(Connector& connector) {
  connector.waiting.set(
      cp_.in_seconds(static_cast<uint64_t>(cp_.configuration.number(Key::ConnectionTimeOut))));
}

// A socket holds the cable before it sells energy: a lock that fails starts nothing.
void Sessions::lock_and_begin(Connector& connector) {
  if (!connector.keeps_cables() || connector.report.locked) {
    begin(connector);
    return;
  }
  connector.command.hold_lock = true;
  connector.locking.set(cp_.in_seconds(kLockingTimeoutS));
}

void Sessions::begin(Connector& connector) {
  connector.waiting.cancel();
  connector.locking.cancel();
  connector.permitted = false;
  const Tag tag = connector.tag;
  const Tag group = connector.parent_tag;
  const Reservation* reservation = cp_.reservations.of(connector, tag, group);
  const bool reserved = reservation != nullptr;
  const int32_t id = reserved ? reservation->id : 0;
  if (!cp_.transactions.start(connector, tag, group, reserved, id)) {
    connector.command.hold_lock = false;
    connector.stale = true;
    return;
  }
  if (reserved) cp_.reservations.used(id);
}

// --- plugs ---

void Sessions::reported(Connector& connector) {
  if (connector.report.plugged != connector.was_plugged) {
    connector.was_plugged = connector.report.plugged;
    if (connector.report.plugged) {
      plug_in(connector);
    } else {
      unplug(connector);
    }
  }
  if (connector.cable_in() != connector.was_cable_in) {
    connector.was_cable_in = connector.cable_in();
    if (!connector.was_cable_in) {
      connector.finishing = false;
      connector.lock_owner.clear();
      if (connector.transaction == nullptr) connector.command.hold_lock = false;
    }
  }
  if (connector.permitted && connector.report.plugged) {
    if (connector.report.faults != 0) {
      withdraw(connector);
    } else if (connector.report.locked) {
      begin(connector);
    }
  }
  if (connector.report.phase == Phase::Faulted && connector.transaction != nullptr) {
    cp_.transactions.stop(connector, StopReason::Other);
  }
}

void Sessions::plug_in(Connector& connector) {
  if (connector.transaction != nullptr) return;
  connector.finishing = false;
  connector.stale = false;
  if (!connector.lock_owner.empty()) {
    // A vehicle is at the cable again: its owner's next tag begins, and fetches nothing.
    connector.lock_owner.clear();
    connector.command.hold_lock = false;
  }
  if (!connector.permitted) {
    if (!connector.reserved) wait(connector);
  } else if (connector.report.faults == 0) {
    lock_and_begin(connector);
  }
}

void Sessions::unplug(Connector& connector) {
  connector.stale = false;
  if (!connector.permitted) connector.waiting.cancel();
  if (connector.transaction == nullptr || connector.transaction->stopping()) return;
  if (!cp_.configuration.on(Key::StopTransactionOnEVSideDisconnect)) {
    // It beats UnlockConnectorOnEVSideDisconnect: the cable stays locked.
    connector.command.hold_lock = true;
    return;
  }
  if (!cp_.configuration.on(Key::UnlockConnectorOnEVSideDisconnect) && connector.keeps_cables()) {
    connector.lock_owner = connector.transaction->tag;
  }
  cp_.transactions.stop(connector, StopReason::EvDisconnected);
}

void Sessions::look(Connector& connector) {
  // The connector may have been reserved, out of operation, or faulty until now.
  const bool waits = connector.report.plugged && !connector.reserved && connector.may_begin() &&
                     !connector.finishing;
  if (waits && !connector.waiting.pending()) wait(connector);
}

void Sessions::poll(Connector& connector) {
  if (connector.waiting.due(cp_.now_us)) {
    if (connector.permitted) {
      withdraw(connector);
    } else if (!connector.busy()) {
      // B6 (errata 3.20): nobody shall start on a stranger's cable.
      connector.stale = true;
    }
  }
  if (connector.locking.due(cp_.now_us) && connector.permitted && connector.report.plugged) {
    begin(connector);
  }
}

}  // namespace evse::ocpp
