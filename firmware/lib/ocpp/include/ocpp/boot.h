// BootNotification until it is accepted, then Heartbeat (OCPP 1.6 4.2, 4.6). Both answers tell the
// time: it sets the clock that stamps messages, and at which nothing looks that only lasts.
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
  // A Heartbeat leaves; its answer.
  void asking();
  void heard(const Outcome& outcome);

  void trigger_boot();
  void trigger_heartbeat();
  void beat_later();

 private:
  void send();
  bool read_time(const Outcome& outcome, int64_t& utc_us) const;
  void set_clock(int64_t utc_us);
  void try_again(int64_t delay_s, const char* why);
  int64_t back_off_s() const;

  ChargePoint& cp_;
  int tries_ = 0;
  Deadline waiting_;    // until the next BootNotification
  Deadline heartbeat_;
  uint64_t asked_us_ = 0;  // when the last Heartbeat has left
};

}  // namespace evse::ocpp
