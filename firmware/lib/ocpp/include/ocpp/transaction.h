// A transaction, from its start to the acknowledgement of its stop.
#pragma once

#include <stdint.h>

#include "ocpp/bytes.h"
#include "ocpp/outgoing.h"

namespace evse::ocpp {

// Reason (OCPP 1.6 7.36), those that occur here.
enum class StopReason : uint8_t {
  None,  // it goes on
  DeAuthorized,
  EvDisconnected,
  HardReset,
  Local,
  Other,
  PowerLoss,
  Remote,
  SoftReset,
  UnlockCommand,
};

const char* name_of(StopReason reason);

// Where StartTransaction was never answered (OCPP 1.6 errata 3.18).
constexpr int32_t kUnanswered = -1;

struct Transaction {
  uint32_t local_id = 0;  // the charger's own number of it; 0: this place is free
  uint8_t connector = 0;
  Tag tag;
  Tag parent_tag;  // its group, where known
  int64_t meter_start_wh = 0;
  int64_t started_utc_us = 0;
  int32_t number = 0;  // the central system's
  bool numbered = false;
  StopReason reason = StopReason::None;  // why it is to end, once that is decided
  Tag stop_tag;                          // that ended it, where one did
  bool ended = false;                    // its StopTransaction is in the journal
  int32_t reservation = 0;
  bool reserved = false;

  // Not kept:
  uint32_t state_seq = 0;  // the newest record that holds it
  int samples = 0;         // kept for transactionData, begin included
  uint64_t began_us = 0;   // of this power-on

  bool stopping() const { return reason != StopReason::None; }
};
constexpr int kTransactionBytes = 4 + 1 + 2 * (kTag + 1) + 8 + 8 + 4 + 1 + (kTag + 1) + 1 + 4;

void encode(const Transaction& transaction, BytesOut& out);
void decode(BytesIn& in, Transaction& transaction);

}  // namespace evse::ocpp
