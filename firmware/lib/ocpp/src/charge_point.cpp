#include "ocpp/charge_point.h"

#include "ocpp/incoming.h"

namespace evse::ocpp {

namespace {

// Before this no clock has been set: such a time would only make the central system think.
constexpr int64_t kEpochUtcUs = 1767225600LL * 1000000;  // 2026-01-01
// Of one poll: what comes in faster waits for the next.
constexpr int kMessagesAtOnce = 4;
// Of one poll: what one block changes, the others see.
constexpr int kRounds = 4;

// Without the second half of the memory there is no room for orders.
hal::Equipment usable(const hal::Equipment& equipment, const hal::Fram& fram) {
  return fram.size() >= kFramBytes ? equipment : hal::Equipment();
}

}  // namespace

ChargePoint::ChargePoint(const Settings& with, hal::Transport& transport, hal::Fram& fram,
                         hal::Clock& clock, EventLog& log)
    : settings(with),
      equipment(usable(with.equipment, fram)),
      security(*this, fram),
      security_profile(*this, fram),
      kept(fram),
      journal(fram),
      cache(fram),
      configuration(*this, fram),
      connection(*this, transport),
      calls(transport, *this),
      boot(*this),
      status(*this),
      local_list(*this, fram),
      authorization(*this),
      reservations(*this, fram),
      meter_values(*this),
      smart_charging(*this, fram),
      transactions(*this),
      delivery(*this),
      sessions(*this),
      availability(*this),
      remote(*this),
      unlock(*this),
      reset(*this),
      trigger(*this),
      vacating(*this),
      firmware(*this, fram),
      logs(*this, fram),
      roots(*this),
      signing(*this),
      clock_(clock),
      log_(log),
      random_(with.seed != 0 ? with.seed : 1),
      secured_(with.secured && fram.size() >= kFramBytes) {
  for (int i = 0; i < kConnectors; ++i) {
    connectors[i].number = i + 1;
    connectors[i].hardware = settings.hardware[i];
    connectors[i].command.limit_ma = settings.hardware[i].rating_ma;
  }
}

uint32_t ChargePoint::random() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  return random_;
}

void ChargePoint::set_utc(int64_t utc_us) {
  utc_at_zero_us_ = utc_us - static_cast<int64_t>(now_us);
  clock_.set_battery_utc_us(utc_us);
}

// --- from outside ---

void ChargePoint::report(uint64_t at_us, int number, const Report& report) {
  Connector* connector = this->connector(number);
  if (connector == nullptr) return;
  now_us = at_us;
  connector->report = report;
  connector->reported = true;
  if (!powered_) {
    for (const Connector& each : *this) {
      if (!each.reported) return;
    }
    powered_ = power_on();
    return;
  }
  // The register in the process's memory is some seconds old when power comes back: what has been
  // told of it stays, and counts on when the meter has come by it (OCPP 1.6 7.31).
  const int64_t told_mwh = journal.told_wh(number) * 1000;
  if (connector->report.energy_mwh < told_mwh) connector->report.energy_mwh = told_mwh;
  sessions.reported(*connector);
  transactions.reported(*connector);
  unlock.reported(*connector);
  settle();
}

void ChargePoint::present_tag(uint64_t at_us, int number, const char* tag) {
  Connector* where = connector(number);
  Tag id_tag(tag);
  if (!powered_ || where == nullptr || id_tag.empty() || !id_tag.fits()) return;
  now_us = at_us;
  sessions.present_tag(*where, id_tag);
  settle();
}

uint64_t ChargePoint::poll(uint64_t at_us) {
  now_us = at_us;
  if (!powered_) return kNever;  // until every connector has reported
  calls.flush();
  if (calls.timed_out(now_us)) connection.drop("a call is not answered");
  connection.poll();
  for (int i = 0; i < kMessagesAtOnce && calls.hear(); ++i) {
    settle();
    calls.pump(now_us);
  }
  boot.poll();
  delivery.poll();
  for (Connector& each : *this) {
    sessions.poll(each);
    transactions.poll(each);
  }
  meter_values.poll();
  smart_charging.poll();
  unlock.poll();
  security.poll();
  vacating.poll();
  if (equipment.updater != nullptr) firmware.poll();
  if (equipment.uploader != nullptr) logs.poll();
  if (has_certificates()) signing.poll();
  reset.poll();
  settle();
  calls.pump(now_us);
  return next_us();
}

uint64_t ChargePoint::next_us() const {
  uint64_t next = calls.next_us();
  const auto sooner = [&next](uint64_t at_us) {
    if (at_us < next) next = at_us;
  };
  sooner(connection.next_us());
  sooner(boot.next_us());
  sooner(delivery.next_us());
  sooner(meter_values.next_us());
  sooner(smart_charging.next_us());
  sooner(unlock.next_us());
  sooner(reset.next_us());
  sooner(status.next_us());
  sooner(reservations.next_us());
  sooner(security.next_us());
  sooner(vacating.next_us());
  if (equipment.updater != nullptr) sooner(firmware.next_us());
  if (equipment.uploader != nullptr) sooner(logs.next_us());
  if (has_certificates()) sooner(signing.next_us());
  for (int i = 0; i < settings.connectors; ++i) {
    const Connector& each = connectors[i];
    sooner(each.waiting.at_us());
    sooner(each.locking.at_us());
    sooner(each.opening.at_us());
    sooner(each.allowance.at_us());
  }
  return next > now_us ? next : now_us + 1;
}

bool ChargePoint::power_on() {
  journal.power_on();
  kept.power_on();
  cache.power_on();
  configuration.power_on();
  local_list.power_on();
  smart_charging.power_on();
  int64_t utc_us = clock_.battery_utc_us();
  // Without a clock of its own it goes on from the last thing it remembers: never back.
  if (utc_us < 0) utc_us = journal.latest_utc_us();
  if (utc_us < kEpochUtcUs) utc_us = kEpochUtcUs;
  utc_at_zero_us_ = utc_us - static_cast<int64_t>(now_us);
  calls.power_on(random());
  if (is_secured()) {
    security.power_on();
    security_profile.power_on();
  }
  availability.power_on();
  reservations.power_on();
  if (!connection.power_on()) {
    event(0, "the address of the central system is too long");
    return false;
  }
  for (Connector& each : *this) {
    const int64_t told_mwh = journal.told_wh(each.number) * 1000;
    if (each.report.energy_mwh < told_mwh) each.report.energy_mwh = told_mwh;
  }
  // A plug that is in already is nobody's that comes: what ends below leaves it Finishing.
  for (Connector& each : *this) sessions.reported(each);
  const StopReason reason = kept.reset_reason();
  security.happened(SecurityEvent::StartupOfTheDevice,
                    reason == StopReason::None ? "the power was off" : name_of(reason));
  if (equipment.updater != nullptr) firmware.power_on();
  if (equipment.uploader != nullptr) logs.power_on();
  if (has_certificates()) signing.power_on();
  transactions.take_up_again(reason == StopReason::None ? StopReason::PowerLoss : reason);
  // Only now: a power cut before it would have made a power loss of a reset.
  kept.set_reset_reason(StopReason::None);
  meter_values.align();
  settle();
  return true;
}

// What has changed at one place is seen at the others.
void ChargePoint::settle() {
  for (int round = 0; round < kRounds; ++round) {
    reservations.settle();
    for (Connector& each : *this) sessions.look(each);
    smart_charging.look();
  }
  vacating.look();
  status.update();
}

// --- what the blocks tell each other ---

void ChargePoint::accepted() {
  status.tell_all();
  clock_set();
  tell_jobs();
}

void ChargePoint::clock_set() {
  smart_charging.follow();
  meter_values.align();
}

void ChargePoint::resumed() {
  status.tell_unknown();
  tell_jobs();
}

void ChargePoint::tell_jobs() {
  if (equipment.updater != nullptr) {
    firmware.plain_progress.tell_unheard();
    firmware.signed_progress.tell_unheard();
  }
  if (equipment.uploader != nullptr) {
    logs.diagnostics_progress.tell_unheard();
    logs.log_progress.tell_unheard();
  }
  if (has_certificates()) signing.online();
}

void ChargePoint::transaction_ended(Connector& connector) {
  smart_charging.ended(connector);
  availability.ended(connector);
  unlock.ended(connector);
}

void ChargePoint::configured(Key key) {
  if (key == Key::HeartbeatInterval) boot.beat_later();
  if (key == Key::ClockAlignedDataInterval) meter_values.align();
  if (key == Key::MeterValueSampleInterval) meter_values.interval_changed();
  if (key == Key::WebSocketPingInterval) connection.configure_ping();
  if (key == Key::SecurityProfile) security_profile.changed();
}

// --- calls ---

void ChargePoint::write(const Outgoing& call, JsonWriter& out) {
  switch (call.action) {
    case Action::BootNotification:
      boot.write(out);
      break;
    case Action::Heartbeat:
      boot.asking();
      break;
    case Action::Authorize:
      out.text("idTag", call.tag.get());
      break;
    case Action::StatusNotification:
      status.write(call, out);
      break;
    case Action::MeterValues:
      meter_values.write_triggered(call, out);
      break;
    case Action::FirmwareStatusNotification:
    case Action::SignedFirmwareStatusNotification:
    case Action::DiagnosticsStatusNotification:
    case Action::LogStatusNotification:
      progress_of(call.action).write(call, out);
      break;
    case Action::SignCertificate:
      signing.write(out);
      break;
    case Action::SecurityEventNotification:
      security.write(out);
      break;
    case Action::QueuedStart:
    case Action::QueuedStop:
    case Action::QueuedMeterValues:
      delivery.write(out);
      break;
  }
}

void ChargePoint::outcome(const Outgoing& call, const Outcome& outcome) {
  switch (call.action) {
    case Action::BootNotification:
      boot.outcome(outcome);
      break;
    case Action::Authorize:
      authorization.outcome(call, outcome);
      break;
    case Action::StatusNotification:
      status.outcome(call, outcome);
      break;
    case Action::FirmwareStatusNotification:
    case Action::SignedFirmwareStatusNotification:
    case Action::DiagnosticsStatusNotification:
    case Action::LogStatusNotification:
      progress_of(call.action).outcome(call, outcome);
      break;
    case Action::SignCertificate:
      signing.outcome(outcome);
      break;
    case Action::SecurityEventNotification:
      security.outcome(outcome);
      break;
    case Action::Heartbeat:
      boot.heard(outcome);
      break;
    case Action::MeterValues:
      break;  // that there was an answer is all it is for
    case Action::QueuedStart:
    case Action::QueuedStop:
    case Action::QueuedMeterValues:
      delivery.outcome(outcome);
      break;
  }
}

void ChargePoint::called(const MessageId& id, const char* action, const Json* payload) {
  incoming(action)->handle(*this, id, payload);
}

bool ChargePoint::supports(const char* action) const {
  const Incoming* found = incoming(action);
  return found != nullptr && found->is_here(*this);
}

Progress& ChargePoint::progress_of(Action action) {
  if (action == Action::FirmwareStatusNotification) return firmware.plain_progress;
  if (action == Action::SignedFirmwareStatusNotification) return firmware.signed_progress;
  return action == Action::LogStatusNotification ? logs.log_progress : logs.diagnostics_progress;
}

}  // namespace evse::ocpp
