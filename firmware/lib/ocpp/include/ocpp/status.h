// StatusNotification: what each connector is doing, as it is now (OCPP 1.6 4.9).
#pragma once

#include "ocpp/connector.h"
#include "ocpp/deadline.h"
#include "ocpp/json_writer.h"
#include "ocpp/outgoing.h"
#include "ocpp/sizes.h"

namespace evse::ocpp {

struct ChargePoint;

class StatusNotifications {
 public:
  explicit StatusNotifications(ChargePoint& cp) : cp_(cp) {}

  // After a boot every status is told (errata 3.22).
  void tell_all();
  // Back online: the present one where it is not known, and no history.
  void tell_unknown();
  // Looks at the connectors afresh, and tells what has changed.
  void update();
  uint64_t next_us() const;

  void trigger(int connector);  // -1: all
  void list_conflict(const Tag& tag);
  bool acknowledged() const;
  Shown shown(int connector) const { return lines_[connector].shown; }

  void write(const Outgoing& call, JsonWriter& out) const;
  void outcome(const Outgoing& call, const Outcome& outcome);

 private:
  // What one connector shows, and what the central system has acknowledged of it.
  struct Line {
    Shown shown;
    Shown known;
    bool is_known = false;
    bool untold = false;  // no room among the calls that wait
    Shown target;
    Deadline settling;  // until `target` has lasted long enough (OCPP 1.6 9.1.18)
    Deadline grace;     // for a vehicle to ask for energy after the start
    uint32_t grace_for = 0;
  };

  void update(int number);
  Shown target(const Connector& connector, Line& line);
  Shown in_transaction(const Connector& connector, Line& line);
  void settle(int number, const Shown& target);
  void notify(int number, const Shown& shown, bool triggered = false, const Tag* about = nullptr);

  ChargePoint& cp_;
  Line lines_[kConnectors + 1];
};

}  // namespace evse::ocpp
