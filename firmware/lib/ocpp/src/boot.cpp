#include "ocpp/boot.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

// Between two BootNotifications where the central system leaves it to the charger; doubles.
constexpr int64_t kFirstRetryS = 60;
constexpr int64_t kLongestRetryS = 900;

// A change of the clock of less is no security event at a boot, and not made by a Heartbeat. What
// the message's way explains comes on top of it there.
constexpr int64_t kNotableUs = 1000000;

int64_t distance(int64_t a, int64_t b) { return a > b ? a - b : b - a; }

Registration registration_of(const char* status) {
  if (equal(status, "Accepted")) return Registration::Accepted;
  return equal(status, "Pending") ? Registration::Pending : Registration::Rejected;
}

}  // namespace

void Boot::opened() {
  if (cp_.calls.registration == Registration::Accepted) {
    cp_.resumed();
  } else if (!waiting_.pending()) {
    send();
  }
}

void Boot::poll() {
  if (waiting_.due(cp_.now_us)) send();
  if (heartbeat_.due(cp_.now_us)) {
    beat_later();
    if (cp_.calls.online()) cp_.calls.send(Outgoing());
  }
}

void Boot::send() {
  waiting_.cancel();
  Outgoing call;
  call.action = Action::BootNotification;
  cp_.calls.send(call);  // without a socket the next one brings the next try
}

void Boot::write(JsonWriter& out) const {
  const Settings& settings = cp_.settings;
  out.text("chargePointVendor", settings.vendor);
  out.text("chargePointModel", settings.model);
  if (settings.serial_number != nullptr) {
    out.text("chargePointSerialNumber", settings.serial_number);
  }
  if (settings.firmware_version != nullptr) {
    out.text("firmwareVersion", settings.firmware_version);
  }
}

void Boot::outcome(const Outcome& outcome) {
  if (outcome.kind == Outcome::Kind::Unanswered) return;
  ++tries_;
  if (outcome.kind == Outcome::Kind::Refused) {
    try_again(back_off_s(), "boot refused");
    return;
  }
  const char* status = text_of(outcome.payload, "status");
  const int32_t interval_s = integer_of(outcome.payload, "interval");
  cp_.calls.registration = registration_of(status);
  if (cp_.calls.registration != Registration::Accepted) {
    try_again(interval_s > 0 ? interval_s : back_off_s(), status);
    return;
  }
  int64_t utc_us = 0;
  if (read_time(outcome, utc_us)) set_clock(utc_us);
  tries_ = 0;
  if (interval_s > 0) cp_.configuration.set_heartbeat_interval(interval_s);
  cp_.event(0, "boot accepted");
  beat_later();
  cp_.accepted();
}

void Boot::asking() { asked_us_ = cp_.now_us; }

// The time is recommended to be taken (OCPP 1.6 4.6): without it a clock that drifts is wrong by
// minutes after some months without a boot.
void Boot::heard(const Outcome& outcome) {
  if (outcome.kind != Outcome::Kind::Answered) return;
  int64_t utc_us = 0;
  if (!read_time(outcome, utc_us)) return;
  const int64_t took_us = static_cast<int64_t>(cp_.now_us - asked_us_);
  if (distance(utc_us, cp_.utc_us()) - took_us < kNotableUs) return;
  set_clock(utc_us);
  cp_.clock_set();
}

bool Boot::read_time(const Outcome& outcome, int64_t& utc_us) const {
  if (parse_utc(text_of(outcome.payload, "currentTime"), utc_us)) return true;
  cp_.event(0, "currentTime of the central system is unusable");
  return false;
}

void Boot::set_clock(int64_t utc_us) {
  const int64_t believed_us = cp_.utc_us();
  cp_.set_utc(utc_us);
  if (distance(utc_us, believed_us) < kNotableUs) return;
  cp_.security.happened(SecurityEvent::SettingSystemTime,
                        TechInfo(format_utc(believed_us).get())
                            .add(" becomes ")
                            .add(format_utc(utc_us).get())
                            .get());
}

int64_t Boot::back_off_s() const {
  const int64_t delay_s = kFirstRetryS << (tries_ < 8 ? tries_ - 1 : 7);
  return delay_s < kLongestRetryS ? delay_s : kLongestRetryS;
}

void Boot::try_again(int64_t delay_s, const char* why) {
  cp_.event(0, Text<80>("boot: ").add(why).add(", again in ").add(delay_s).add(" s"));
  waiting_.set(cp_.in_seconds(static_cast<uint64_t>(delay_s)));
}

void Boot::trigger_boot() {
  if (waiting_.pending()) send();
}

void Boot::trigger_heartbeat() {
  Outgoing call;
  call.triggered = true;
  cp_.calls.send(call);
}

void Boot::beat_later() {
  heartbeat_.set(
      cp_.in_seconds(static_cast<uint64_t>(cp_.configuration.number(Key::HeartbeatInterval))));
}

}  // namespace evse::ocpp
