// BootNotification until it is accepted, then Heartbeat (OCPP 1.6 4.2, 4.6).
#pragma once

#include "ocpp/deadline.h"
#include "ocpp/json_writer.h"
#include "ocpp/outgoing.h"

namespace evse::ocpp {

struct ChargePoint;

class Boot {
 public:
  explicit Boot(ChargePoint& cp) : cp_(cp) {}

  // A socket is open: boot, or just carry on (OCPP-J 1.6 5.4).
  void opened();
  void poll();
  uint64_t next_us() const {
    return waiting_.at_us() < heartbeat_.at_us() ? waiting_.at_us() : heartbeat_.at_us();
  }

  void write(JsonWriter& out) const;
  void outcome(const Outcome& outcome);

  void trigger_boot();
  void trigger_heartbeat();
  void beat_later();

 private:
  void send();
  void try_again(int64_t delay_s, const char* why);
  int64_t back_off_s() const;

  ChargePoint& cp_;
  int tries_ = 0;
  Deadline waiting_;    // until the next BootNotification
  Deadline heartbeat_;
};

}  // namespace evse::ocpp
