// Delivers the messages of the journal, the oldest first (OCPP 1.6 3.7.1; 9.1.27, 9.1.28).
//
// A CALLERROR counts as a failed attempt, a closed socket does not (OCPP-J errata 3.2).
#pragma once

#include "ocpp/deadline.h"
#include "ocpp/journal.h"
#include "ocpp/json_writer.h"
#include "ocpp/outgoing.h"

namespace evse::ocpp {

struct ChargePoint;

class Delivery {
 public:
  explicit Delivery(ChargePoint& cp) : cp_(cp) {}

  bool next(Outgoing& call);
  void write(JsonWriter& out);
  void outcome(const Outcome& outcome);
  void poll();
  uint64_t next_us() const { return waiting_.at_us(); }

 private:
  void delivered(const Json* answer);
  void refused(const char* why);
  void give_up(int tries, const char* why);
  void wait(uint64_t interval_s);
  void write_start(const Transaction& transaction, JsonWriter& out) const;
  void write_stop(const Transaction& transaction, JsonWriter& out) const;

  ChargePoint& cp_;
  Message message_;
  Deadline waiting_;
};

}  // namespace evse::ocpp
