#include "ocpp/reservations.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

store::Record record(hal::Fram& fram, int place) {
  return {fram, kReservationsAt + place * store::Record::bytes(kReservationBytes),
          kReservationBytes};
}

void encode(const Reservation& reservation, BytesOut& out) {
  out.u8(reservation.held ? 1 : 0).i32(reservation.id).u8(reservation.connector);
  out.text(reservation.tag).text(reservation.parent_tag).i64(reservation.expiry_utc_us);
}

void decode(BytesIn& in, Reservation& reservation) {
  reservation.held = in.u8() != 0;
  reservation.id = in.i32();
  reservation.connector = in.u8();
  in.text(reservation.tag);
  in.text(reservation.parent_tag);
  reservation.expiry_utc_us = in.i64();
}

}  // namespace

Reservations::Reservations(ChargePoint& cp, hal::Fram& fram)
    : cp_(cp),
      records_{record(fram, 0), record(fram, 1), record(fram, 2), record(fram, 3)} {
  static_assert(kReservations == 4, "one record each");
}

void Reservations::power_on() {
  for (int i = 0; i < kReservations; ++i) {
    uint8_t data[kReservationBytes];
    if (!records_[i].load(data)) continue;
    BytesIn in(data);
    decode(in, held_[i]);
    // A power cut between the start that used it and this record: used is used.
    const Transaction* table = cp_.journal.transactions();
    for (int j = 0; j < kTransactions; ++j) {
      const Transaction& each = table[j];
      if (each.local_id == 0 || !each.reserved) continue;
      if (held_[i].held && each.reservation == held_[i].id) save(i, Reservation());
    }
  }
}

bool Reservations::save(int place, const Reservation& reservation) {
  uint8_t data[kReservationBytes];
  BytesOut out(data);
  encode(reservation, out);
  if (!records_[place].save(data)) {
    cp_.event(reservation.connector, "the memory fails: reservation");
    return false;
  }
  held_[place] = reservation;
  return true;
}

bool Reservations::concerns(const Reservation& each, const Connector& connector) const {
  return each.held && (each.connector == 0 || each.connector == connector.number);
}

bool Reservations::admits(const Connector& connector, const Tag& tag, const Tag& group) const {
  if (!connector.reserved) return true;
  for (const Reservation& each : held_) {
    if (concerns(each, connector) && each.is_for(tag, group)) return true;
  }
  return false;
}

bool Reservations::may_admit(const Connector& connector, const Tag& tag) const {
  if (admits(connector, tag, Tag())) return true;
  for (const Reservation& each : held_) {
    if (concerns(each, connector) && !each.parent_tag.empty()) return true;
  }
  return false;
}

Reservation* Reservations::of(const Connector& connector, const Tag& tag, const Tag& group) {
  Reservation* found = nullptr;
  for (Reservation& each : held_) {
    if (!concerns(each, connector) || !each.is_for(tag, group)) continue;
    if (found == nullptr || each.connector > found->connector) found = &each;
  }
  return found;
}

Connector* Reservations::connector_for(const Tag& tag) {
  for (const Reservation& each : held_) {
    if (each.held && each.connector > 0 && each.is_for(tag, Tag())) {
      return cp_.connector(each.connector);
    }
  }
  return nullptr;
}

// --- what the central system says ---

void Reservations::reserve(const MessageId& id, const Json* payload) {
  cp_.calls.status(id, take(payload));
}

const char* Reservations::take(const Json* payload) {
  Reservation wanted;
  wanted.held = true;
  wanted.id = integer_of(payload, "reservationId");
  const int number = integer_of(payload, "connectorId");
  // Who takes none says so in this way (OCPP 1.6 5.13).
  if (!cp_.settings.profiles.reservation) return "Rejected";
  if (number != 0 && cp_.connector(number) == nullptr) return "Rejected";
  wanted.connector = static_cast<uint8_t>(number);
  wanted.tag.set(text_of(payload, "idTag"));
  wanted.parent_tag.set(text_of(payload, "parentIdTag"));
  if (!parse_utc(text_of(payload, "expiryDate"), wanted.expiry_utc_us) ||
      wanted.expiry_utc_us <= cp_.utc_us()) {
    return "Rejected";
  }
  // Of any connector: the first answer that holds for one of them.
  const char* status = "Unavailable";
  constexpr const char* kBetter[] = {"Faulted", "Occupied", "Accepted"};
  for (const char* better : kBetter) {
    for (const Connector& each : cp_) {
      if (number != 0 && number != each.number) continue;
      const char* one = state(each, wanted.id);
      if (equal(one, better) || number != 0) status = one;
    }
  }
  if (!equal(status, "Accepted")) return status;
  // One that is free now has to be left over for each promise of any connector.
  int promised = 0;
  int free_ones = 0;
  int place = -1;
  for (int i = 0; i < kReservations; ++i) {
    const Reservation& each = held_[i];
    const bool same = each.held && each.id == wanted.id;
    if (each.held && !same && each.connector == 0) ++promised;
    if (same || (!each.held && place < 0)) place = i;
  }
  for (const Connector& each : cp_) free_ones += equal(state(each, wanted.id), "Accepted") ? 1 : 0;
  if (free_ones <= promised) return "Occupied";
  // An existing reservationId is replaced (OCPP 1.6 5.13).
  for (int i = 0; i < kReservations; ++i) {
    if (held_[i].held && held_[i].id == wanted.id) place = i;
  }
  if (place < 0 || !save(place, wanted)) return "Rejected";
  cp_.event(number, Text<80>("reserved for ").add(wanted.tag.get()));
  return "Accepted";
}

// What a reservation of a connector is answered, one of its own left out.
const char* Reservations::state(const Connector& connector, int32_t but_for) const {
  if (connector.report.faults != 0) return "Faulted";
  if (!connector.in_service()) return "Unavailable";
  bool taken = connector.busy() || connector.cable_in();
  for (const Reservation& each : held_) {
    taken = taken || (each.held && each.connector == connector.number && each.id != but_for);
  }
  return taken ? "Occupied" : "Accepted";
}

void Reservations::cancel(const MessageId& id, const Json* payload) {
  const int32_t wanted = integer_of(payload, "reservationId");
  for (int i = 0; i < kReservations; ++i) {
    if (!held_[i].held || held_[i].id != wanted) continue;
    drop(i, "cancelled");
    cp_.calls.status(id, "Accepted");
    return;
  }
  cp_.calls.status(id, "Rejected");
}

// --- what happens to them ---

void Reservations::used(int32_t id) {
  for (int i = 0; i < kReservations; ++i) {
    if (held_[i].held && held_[i].id == id) save(i, Reservation());
  }
}

void Reservations::drop(int place, const char* why) {
  const Reservation gone = held_[place];
  held_[place] = Reservation();
  save(place, Reservation());
  cp_.event(gone.connector,
            Text<80>("reservation for ").add(gone.tag.get()).put(' ').add(why));
}

void Reservations::settle() {
  int promised = 0;
  bool by_number[kConnectors + 1] = {};
  for (int i = 0; i < kReservations; ++i) {
    if (!held_[i].held) continue;
    const Connector* connector = cp_.connector(held_[i].connector);
    if (held_[i].expiry_utc_us <= cp_.utc_us()) {
      drop(i, "has expired");
    } else if (connector != nullptr && !connector->operative) {
      drop(i, "is void: out of operation");
    } else if (held_[i].connector == 0) {
      ++promised;
    } else {
      by_number[held_[i].connector] = true;
    }
  }
  int open_ones = 0;
  bool is_open[kConnectors + 1] = {};
  for (const Connector& each : cp_) {
    if (each.permitted) {
      // Who waits with a tag is about to use it, and with it a promise of any connector.
      const Reservation* used = of(each, each.tag, each.parent_tag);
      if (used != nullptr && used->connector == 0) --promised;
      continue;
    }
    // A stranger's plug in a connector that is kept takes nothing away from the promise.
    is_open[each.number] = !by_number[each.number] && each.in_service() &&
                           each.report.faults == 0 && each.transaction == nullptr &&
                           (each.reserved || !each.cable_in());
    open_ones += is_open[each.number] ? 1 : 0;
  }
  for (Connector& each : cp_) {
    const bool last_one = is_open[each.number] && open_ones <= promised;
    each.reserved = by_number[each.number] || last_one;
  }
}

uint64_t Reservations::next_us() const {
  uint64_t next = kNever;
  for (const Reservation& each : held_) {
    if (!each.held) continue;
    const int64_t left_us = each.expiry_utc_us - cp_.utc_us();
    const uint64_t at_us = cp_.now_us + (left_us > 0 ? static_cast<uint64_t>(left_us) : 0);
    if (at_us < next) next = at_us;
  }
  return next;
}

}  // namespace evse::ocpp
