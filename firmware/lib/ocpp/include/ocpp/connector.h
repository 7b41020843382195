// One connector: its charging process, and what the charge point holds about it.
#pragma once

#include <stdint.h>

#include "hal/process.h"
#include "ocpp/deadline.h"
#include "ocpp/outgoing.h"
#include "ocpp/transaction.h"

namespace evse::ocpp {

// Without a limit of the central system.
constexpr int64_t kNoLimit = INT64_MAX;

struct Connector {
  int number = 0;  // from 1
  Hardware hardware;
  Report report;
  bool reported = false;  // there has been a report since power-on
  Command command;

  bool operative = true;  // false: ChangeAvailability has put it out of operation
  bool updating = false;  // new firmware waits for it, or is being written
  bool scheduled = false;  // it becomes inoperative when its transaction ends

  bool permitted = false;  // a tag was accepted and waits for a vehicle:
  Tag tag;
  Tag parent_tag;
  uint32_t asking = 0;  // the question about a tag that is still out; 0: none

  Transaction* transaction = nullptr;  // until its StopTransaction is in the journal
  bool reserved = false;
  bool finishing = false;  // a transaction has ended and the user still has to take the plug
  bool stale = false;      // nobody authorized the plug in time (errata 3.20)
  bool suspended = false;  // nothing is offered, because the tag turned out to be invalid
  Tag lock_owner;          // the tag that gets the cable back out of a socket that keeps it

  // What smart charging allows here, per phase.
  int64_t limit_ma = kNoLimit;

  bool was_plugged = false;
  bool was_cable_in = false;
  Deadline waiting;    // for a plug where there is a permission, else for a tag
  Deadline locking;    // a socket that has not locked by then has no lock
  Deadline opening;    // a contactor that has not opened by then is welded
  Deadline allowance;  // when to compare energy with MaxEnergyOnInvalidId again

  bool keeps_cables() const { return hardware.kind == evse::Kind::Socket; }
  bool is_plain() const { return hardware.kind == evse::Kind::Plain; }
  // A vehicle is plugged in, or its cable is still in the socket.
  bool cable_in() const {
    return report.plugged || (keeps_cables() && report.cable_rating_ma > 0);
  }
  // Somebody has begun something here: no other may start.
  bool busy() const { return transaction != nullptr || permitted || asking != 0; }
  bool in_service() const { return operative && !updating; }
  // Nobody has begun anything here and nothing is in the way.
  bool is_free() const { return in_service() && report.faults == 0 && !busy(); }
  bool may_begin() const { return is_free() && !stale; }

  int64_t register_wh() const { return report.energy_mwh / 1000; }

};

}  // namespace evse::ocpp
