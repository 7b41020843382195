#include "ocpp/meter_values.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

constexpr int64_t kDayUs = 86400 * static_cast<int64_t>(kSecondUs);

}  // namespace

Reading MeterValues::read(const Connector& connector, int64_t before_wh) const {
  const Report& report = connector.report;
  Reading reading;
  reading.register_wh = connector.register_wh();
  reading.interval_wh = static_cast<int32_t>(reading.register_wh - before_wh);
  for (int i = 0; i < 3; ++i) {
    reading.voltage_mv[i] = report.voltage_mv[i];
    reading.current_ma[i] = report.current_ma[i];
    reading.power_mw[i] = report.power_mw[i];
  }
  const uint8_t phases = connector.hardware.phases;
  reading.offered_ma = static_cast<int32_t>(report.offered_ma);
  reading.phases = phases;
  reading.offered_phases =
      connector.command.phases < phases ? connector.command.phases : phases;
  reading.frequency_mhz = static_cast<int32_t>(report.frequency_mhz);
  reading.temperature_cc = report.temperature_cc;
  return reading;
}

Sample MeterValues::for_stop(const Connector& connector, ReadingContext context) const {
  const int index = connector.number - 1;
  int64_t before_wh = sampled_wh_[index];
  Measurands wanted = measurands_of(cp_.configuration.list(Key::StopTxnSampledData));
  if (wanted == 0) {
    before_wh = aligned_wh_[index];
    wanted = measurands_of(cp_.configuration.list(Key::StopTxnAlignedData));
  }
  return {read(connector, before_wh), wanted, context, cp_.utc_us()};
}

void MeterValues::count_from_here(const Connector& connector) {
  const int index = connector.number - 1;
  sampled_wh_[index] = aligned_wh_[index] = connector.register_wh();
  was_aligned_[index] = true;
}

void MeterValues::begin(const Connector& connector) {
  // Intervals of either kind are of this transaction alone.
  count_from_here(connector);
  const int32_t interval_s = cp_.configuration.number(Key::MeterValueSampleInterval);
  Deadline& sampler = samplers_[connector.number - 1];
  sampler.cancel();
  if (interval_s > 0) sampler.set(cp_.in_seconds(static_cast<uint64_t>(interval_s)));
}

void MeterValues::keep_first(const Connector& connector) {
  const Sample first = for_stop(connector, ReadingContext::Begin);
  if (first.wanted == 0) return;
  if (!cp_.journal.add_stop_sample(*connector.transaction, first)) {
    cp_.event(connector.number, "no room for the first value of transactionData");
  }
}

Sample MeterValues::last(const Connector& connector) const {
  return for_stop(connector, ReadingContext::End);
}

void MeterValues::record(Connector& connector, int64_t& before_wh, Key sent, Key kept,
                         ReadingContext context, int64_t utc_us) {
  Sample sample = {read(connector, before_wh), measurands_of(cp_.configuration.list(sent)),
                   context, utc_us};
  before_wh = sample.reading.register_wh;
  Transaction* transaction = connector.transaction;
  const uint32_t local_id = transaction == nullptr ? 0 : transaction->local_id;
  if (sample.wanted != 0 &&
      !cp_.journal.add_meter_values(local_id, connector.number, sample)) {
    cp_.event(connector.number, "a meter value is dropped: the journal is full");
  }
  sample.wanted = measurands_of(cp_.configuration.list(kept));
  if (sample.wanted == 0 || transaction == nullptr) return;
  if (!cp_.journal.add_stop_sample(*transaction, sample)) {
    cp_.event(connector.number, "a value is left out of transactionData: there is no room");
  }
}

void MeterValues::poll() {
  for (Connector& connector : cp_) {
    const int index = connector.number - 1;
    if (!samplers_[index].due(cp_.now_us)) continue;
    const Transaction* transaction = connector.transaction;
    if (transaction == nullptr || transaction->stopping()) continue;
    record(connector, sampled_wh_[index], Key::MeterValuesSampledData, Key::StopTxnSampledData,
           ReadingContext::Periodic, cp_.utc_us());
    const int32_t interval_s = cp_.configuration.number(Key::MeterValueSampleInterval);
    if (interval_s > 0) samplers_[index].set(cp_.in_seconds(static_cast<uint64_t>(interval_s)));
  }
  if (!grid_.due(cp_.now_us)) return;
  const int64_t interval_us = cp_.configuration.number(Key::ClockAlignedDataInterval) *
                              static_cast<int64_t>(kSecondUs);
  // The stamp is the grid's time, also where the poll came a little late.
  const int64_t since_midnight_us = cp_.utc_us() % kDayUs;
  const int64_t stamp_us =
      interval_us > 0 ? cp_.utc_us() - since_midnight_us % interval_us : cp_.utc_us();
  for (Connector& connector : cp_) {
    const int index = connector.number - 1;
    if (!was_aligned_[index]) aligned_wh_[index] = connector.register_wh();
    was_aligned_[index] = true;
    record(connector, aligned_wh_[index], Key::MeterValuesAlignedData, Key::StopTxnAlignedData,
           ReadingContext::Clock, stamp_us);
  }
  align();
}

// The grid begins at 00:00:00 (OCPP 1.6 9.1.6).
void MeterValues::align() {
  grid_.cancel();
  const int64_t interval_us = cp_.configuration.number(Key::ClockAlignedDataInterval) *
                              static_cast<int64_t>(kSecondUs);
  if (interval_us <= 0) return;
  const int64_t since_us = cp_.utc_us() % kDayUs;
  int64_t to_next_us = interval_us - since_us % interval_us;
  if (to_next_us > kDayUs - since_us) to_next_us = kDayUs - since_us;
  grid_.set(cp_.now_us + static_cast<uint64_t>(to_next_us));
}

void MeterValues::interval_changed() {
  const int32_t interval_s = cp_.configuration.number(Key::MeterValueSampleInterval);
  for (Connector& connector : cp_) {
    Deadline& sampler = samplers_[connector.number - 1];
    const Transaction* transaction = connector.transaction;
    sampler.cancel();
    if (transaction == nullptr || transaction->stopping() || interval_s <= 0) continue;
    sampler.set(cp_.in_seconds(static_cast<uint64_t>(interval_s)));
  }
}

uint64_t MeterValues::next_us() const {
  uint64_t next = grid_.at_us();
  for (const Deadline& sampler : samplers_) {
    if (sampler.at_us() < next) next = sampler.at_us();
  }
  return next;
}

void MeterValues::trigger(int connector) {
  for (Connector& each : cp_) {
    if (connector >= 0 && connector != each.number) continue;
    const Sample sample = {read(each, each.register_wh()),
                           measurands_of(cp_.configuration.list(Key::MeterValuesSampledData)),
                           ReadingContext::Trigger, cp_.utc_us()};
    if (sample.wanted == 0) continue;
    if (each.transaction != nullptr) {
      // One of a transaction keeps its place among the messages of it.
      if (!cp_.journal.add_meter_values(each.transaction->local_id, each.number, sample)) {
        cp_.event(each.number, "a meter value is dropped: the journal is full");
      }
      continue;
    }
    Outgoing call;
    call.action = Action::MeterValues;
    call.connector = static_cast<uint8_t>(each.number);
    call.triggered = true;
    if (!cp_.calls.send(call)) cp_.event(each.number, "a meter value that was asked for is not sent");
  }
}

// As of the moment in which it leaves: nobody else's message waits for it.
void MeterValues::write_triggered(const Outgoing& call, JsonWriter& out) const {
  const Connector& connector = *cp_.connector(call.connector);
  cp_.journal.tell(connector.number, connector.register_wh(), cp_.utc_us());
  out.integer("connectorId", call.connector);
  out.open_list("meterValue");
  write_meter_value(read(connector, connector.register_wh()),
                    measurands_of(cp_.configuration.list(Key::MeterValuesSampledData)),
                    ReadingContext::Trigger, cp_.utc_us(), out);
  out.close_list();
}

}  // namespace evse::ocpp
