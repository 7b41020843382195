#include "ocpp/status.h"

#include "ocpp/charge_point.h"
#include "ocpp/charging_limits.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

// A vehicle that has not asked for energy this long after the start is called suspended.
constexpr uint64_t kStartGraceS = 10;

Shown plain(Status status, const char* info = nullptr) { return {status, "NoError", info}; }

Shown faulted(const Connector& connector) {
  const FaultCode worst = worst_of(connector.report.faults);
  if (is_vehicle_side(worst) && connector.transaction != nullptr) {
    return {Status::SuspendedEvse, "EVCommunicationError", name_of(worst)};
  }
  return {Status::Faulted, error_code(worst), name_of(worst)};
}

}  // namespace

void StatusNotifications::update() {
  const Shown own = plain(cp_.availability.operative() ? Status::Available : Status::Unavailable);
  if (own != lines_[0].shown) settle(0, own);
  for (const Connector& connector : cp_) update(connector.number);
  for (int number = 0; number <= cp_.settings.connectors; ++number) {
    Line& line = lines_[number];
    if (line.untold && cp_.calls.online() && cp_.calls.room() > 0) {
      line.untold = false;
      notify(number, line.shown);
    }
  }
}

void StatusNotifications::update(int number) {
  Line& line = lines_[number];
  const Shown wanted = target(*cp_.connector(number), line);
  if (wanted == line.shown) {
    line.settling.cancel();
    return;
  }
  const int32_t duration_s = cp_.configuration.number(Key::MinimumStatusDuration);
  if (duration_s == 0) {
    settle(number, wanted);
  } else if (!line.settling.pending() || wanted != line.target) {
    // Section 9.1.18: a status that does not last is not worth a message.
    line.target = wanted;
    line.settling.set(cp_.in_seconds(static_cast<uint64_t>(duration_s)));
  } else if (line.settling.due(cp_.now_us)) {
    settle(number, wanted);
  }
}

uint64_t StatusNotifications::next_us() const {
  uint64_t next = kNever;
  for (const Line& line : lines_) {
    if (line.settling.at_us() < next) next = line.settling.at_us();
    if (line.grace.at_us() < next) next = line.grace.at_us();
  }
  return next;
}

Shown StatusNotifications::target(const Connector& connector, Line& line) {
  if (line.grace.due(cp_.now_us)) line.grace.cancel();
  if (connector.report.faults != 0) return faulted(connector);
  if (connector.transaction != nullptr) return in_transaction(connector, line);
  if (!connector.in_service()) return plain(Status::Unavailable);
  if (connector.reserved && !connector.permitted) {
    return plain(Status::Reserved);  // also with a stranger's plug in it
  }
  if (connector.cable_in()) {
    const bool over = (connector.finishing || connector.stale) && !connector.busy();
    return plain(over ? Status::Finishing : Status::Preparing);
  }
  return plain(connector.permitted ? Status::Preparing : Status::Available);
}

Shown StatusNotifications::in_transaction(const Connector& connector, Line& line) {
  const Report& report = connector.report;
  if (line.grace_for != connector.transaction->local_id) {
    line.grace_for = connector.transaction->local_id;
    line.grace.set(cp_.in_seconds(kStartGraceS));
  }
  if (report.closed) return plain(Status::Charging);
  if (connector.transaction->stopping() || report.phase == Phase::Testing) return line.shown;
  if (connector.suspended || connector.limit_ma < kLeastOfferUa / 1000) {
    return plain(Status::SuspendedEvse);
  }
  if (!report.plugged && !connector.is_plain()) {
    return plain(Status::SuspendedEv, "EV side disconnected");
  }
  const bool early = line.shown.status == Status::Available ||
                     line.shown.status == Status::Preparing ||
                     line.shown.status == Status::Finishing;
  if (line.grace.pending() && early) return plain(Status::Preparing);
  return plain(report.phase == Phase::Offering ? Status::SuspendedEv : Status::SuspendedEvse);
}

void StatusNotifications::settle(int number, const Shown& target) {
  Line& line = lines_[number];
  line.settling.cancel();
  Status between[2];
  const int steps = waypoints(line.shown.status, target.status, between);
  line.shown = target;
  for (int i = 0; i < steps; ++i) notify(number, plain(between[i]));
  notify(number, target);
  Text<80> text(name_of(target.status));
  if (target.info != nullptr) text.add(" (").add(target.error).add(": ").add(target.info).put(')');
  cp_.event(number, text);
}

void StatusNotifications::tell_all() {
  for (int number = 0; number <= cp_.settings.connectors; ++number) {
    notify(number, lines_[number].shown);
  }
}

void StatusNotifications::tell_unknown() {
  for (int number = 0; number <= cp_.settings.connectors; ++number) {
    const Line& line = lines_[number];
    if (!line.is_known || line.known != line.shown) notify(number, line.shown);
  }
}

void StatusNotifications::trigger(int connector) {
  for (int number = 0; number <= cp_.settings.connectors; ++number) {
    if (connector < 0 || connector == number) notify(number, lines_[number].shown, true);
  }
}

void StatusNotifications::list_conflict(const Tag& tag) {
  notify(0, {lines_[0].shown.status, "LocalListConflict", nullptr}, false, &tag);
}

bool StatusNotifications::acknowledged() const {
  for (int number = 0; number <= cp_.settings.connectors; ++number) {
    const Line& line = lines_[number];
    if (!line.is_known || line.known != line.shown) return false;
  }
  return true;
}

void StatusNotifications::notify(int number, const Shown& shown, bool triggered,
                                 const Tag* about) {
  Outgoing call;
  call.action = Action::StatusNotification;
  call.connector = static_cast<uint8_t>(number);
  call.triggered = triggered;
  call.shown = shown;
  call.utc_us = cp_.utc_us();
  if (about != nullptr) call.tag = *about;
  const bool online = cp_.calls.online();
  // Until it is answered nobody knows which of the two the central system holds.
  if (online) lines_[number].is_known = false;
  if (!cp_.calls.send(call) && online) lines_[number].untold = true;
}

void StatusNotifications::write(const Outgoing& call, JsonWriter& out) const {
  out.integer("connectorId", call.connector);
  out.text("errorCode", call.shown.error);
  out.text("status", name_of(call.shown.status));
  out.text("timestamp", format_utc(call.utc_us).get());
  const char* info = call.tag.empty() ? call.shown.info : call.tag.get();
  if (info == nullptr) return;
  out.text("info", info);
  if (!equal(call.shown.error, "NoError")) out.text("vendorErrorCode", info);
}

void StatusNotifications::outcome(const Outgoing& call, const Outcome& outcome) {
  if (outcome.kind != Outcome::Kind::Answered) return;
  Line& line = lines_[call.connector];
  line.known = call.shown;
  line.is_known = true;
}

}  // namespace evse::ocpp
