#include "ocpp/availability.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

void Availability::power_on() {
  const unsigned bits = cp_.kept.inoperative();
  operative_ = (bits & 1u) == 0;
  for (Connector& connector : cp_) {
    connector.operative = (bits >> connector.number & 1u) == 0;
    connector.command.available = connector.operative;
  }
}

void Availability::change(const MessageId& id, const Json* payload) {
  const int number = integer_of(payload, "connectorId");
  const bool operative = equal(text_of(payload, "type"), "Operative");
  if (number != 0 && cp_.connector(number) == nullptr) {
    cp_.calls.status(id, "Rejected");
    return;
  }
  unsigned bits = 0;
  bool waits = false;
  for (const Connector& each : cp_) {
    if (number != 0 && number != each.number) continue;
    bits |= 1u << each.number;
    waits = waits || (each.transaction != nullptr && !operative);
  }
  if (number == 0) bits |= 1u;
  // It is durable before it is acknowledged; `Scheduled` too survives a restart.
  const unsigned before = cp_.kept.inoperative();
  const unsigned after = operative ? before & ~bits : before | bits;
  if (!cp_.kept.set_inoperative(static_cast<uint8_t>(after))) {
    cp_.event(number, "the memory fails: availability");
    cp_.calls.status(id, "Rejected");
    return;
  }
  cp_.calls.status(id, waits ? "Scheduled" : "Accepted");
  if (number == 0) operative_ = operative;
  for (Connector& each : cp_) {
    if ((bits >> each.number & 1u) == 0) continue;
    if (each.transaction != nullptr && !operative) {
      each.scheduled = true;
    } else {
      apply(each, operative);
    }
  }
}

void Availability::ended(Connector& connector) {
  if (connector.scheduled) {
    apply(connector, false);
  } else {
    // One that power came back to out of operation may have been ending a transaction.
    connector.command.available = connector.in_service();
  }
}

void Availability::apply(Connector& connector, bool operative) {
  connector.scheduled = false;
  connector.operative = operative;
  if (!operative) {
    connector.waiting.cancel();
    connector.locking.cancel();
    connector.permitted = false;
  }
  if (connector.transaction == nullptr) {
    connector.command.hold_lock = !connector.lock_owner.empty();
  }
  connector.command.available = connector.in_service();
}

}  // namespace evse::ocpp
