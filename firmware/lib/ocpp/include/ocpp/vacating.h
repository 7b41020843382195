// Takes every connector out of service for new firmware, each when nobody charges there.
#pragma once

#include "ocpp/connector.h"
#include "ocpp/deadline.h"

namespace evse::ocpp {

struct ChargePoint;

class Vacating {
 public:
  explicit Vacating(ChargePoint& cp) : cp_(cp) {}

  // From now on free connectors are out of service, the others when their transaction has ended.
  void begin();
  // Puts every connector back into service.
  void give_up();
  bool going_on() const { return going_on_; }
  // Every connector is out of service and every contactor open, for as long as it takes to tell
  // the last of it.
  bool done() const { return done_; }

  // Takes those that have become free.
  void look();
  void poll();
  uint64_t next_us() const { return settling_.at_us(); }

 private:
  ChargePoint& cp_;
  bool going_on_ = false;
  bool done_ = false;
  Deadline settling_;
};

}  // namespace evse::ocpp
