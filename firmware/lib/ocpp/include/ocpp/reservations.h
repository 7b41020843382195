// Reservations: a connector, or any one of them, kept for a tag (OCPP 1.6 5.1, 5.13; decision
// "What ends a reservation").
#pragma once

#include "hal/fram.h"
#include "ocpp/connector.h"
#include "ocpp/deadline.h"
#include "ocpp/frames.h"
#include "ocpp/layout.h"

namespace evse::ocpp {

struct ChargePoint;

struct Reservation {
  bool held = false;
  int32_t id = 0;
  uint8_t connector = 0;  // 0: whichever is free
  Tag tag;
  Tag parent_tag;
  int64_t expiry_utc_us = 0;

  bool is_for(const Tag& shown, const Tag& group) const {
    const bool same_group = !parent_tag.empty() && parent_tag.is(group.get());
    return tag.is(shown.get()) || same_group;
  }
};

class Reservations {
 public:
  Reservations(ChargePoint& cp, hal::Fram& fram);

  void power_on();
  void reserve(const MessageId& id, const Json* payload);
  void cancel(const MessageId& id, const Json* payload);

  // Whether a tag, of a group where that is known, may charge at a connector.
  bool admits(const Connector& connector, const Tag& tag, const Tag& group) const;
  // Whether one of a group that is not known yet may turn out to be admitted.
  bool may_admit(const Connector& connector, const Tag& tag) const;
  // The one that a tag uses at a connector, its own before any connector's; null: none.
  Reservation* of(const Connector& connector, const Tag& tag, const Tag& group);
  // The connector that is kept for a tag by number, null: none.
  Connector* connector_for(const Tag& tag);
  void used(int32_t id);

  // Ends what is over, and says of each connector whether it is kept for somebody.
  void settle();
  uint64_t next_us() const;

 private:
  const char* take(const Json* payload);
  const char* state(const Connector& connector, int32_t but_for) const;
  bool save(int place, const Reservation& reservation);
  void drop(int place, const char* why);
  bool concerns(const Reservation& each, const Connector& connector) const;

  ChargePoint& cp_;
  Reservation held_[kReservations];
  store::Record records_[kReservations];
};

}  // namespace evse::ocpp
