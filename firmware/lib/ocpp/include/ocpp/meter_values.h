// Meter values: sampled during a transaction, and on the clock's grid (OCPP 1.6 3.16, 4.7).
#pragma once

#include "ocpp/connector.h"
#include "ocpp/configuration.h"
#include "ocpp/journal.h"
#include "ocpp/json_writer.h"

namespace evse::ocpp {

struct ChargePoint;

class MeterValues {
 public:
  explicit MeterValues(ChargePoint& cp) : cp_(cp) {}

  // What the register shows is in no interval: a transaction begins, or what was told is forgotten.
  void count_from_here(const Connector& connector);
  // Samples from now on, first after one interval (OCPP 1.6 9.1.19).
  void begin(const Connector& connector);
  void end(Connector& connector) { samplers_[connector.number - 1].cancel(); }
  // The first value for StopTransaction.transactionData, and the last, which also holds the
  // register.
  void keep_first(const Connector& connector);
  Sample last(const Connector& connector) const;

  void poll();
  uint64_t next_us() const;
  // The clock or the grid is another.
  void align();
  void interval_changed();

  void trigger(int connector);  // -1: all
  void write_triggered(const Outgoing& call, JsonWriter& out) const;

 private:
  Reading read(const Connector& connector, int64_t before_wh) const;
  Sample for_stop(const Connector& connector, ReadingContext context) const;
  void record(Connector& connector, int64_t& before_wh, Key sent, Key kept, ReadingContext context,
              int64_t utc_us);

  ChargePoint& cp_;
  Deadline samplers_[kConnectors];
  Deadline grid_;
  int64_t sampled_wh_[kConnectors] = {};  // at the sample before
  int64_t aligned_wh_[kConnectors] = {};
  bool was_aligned_[kConnectors] = {};
};

}  // namespace evse::ocpp
