#include "ocpp/transaction.h"

namespace evse::ocpp {

namespace {

enum Flag : uint8_t { kNumbered = 1, kEnded = 2, kReserved = 4 };

}  // namespace

const char* name_of(StopReason reason) {
  constexpr const char* kNames[] = {"",      "DeAuthorized", "EVDisconnected", "HardReset",
                                    "Local", "Other",        "PowerLoss",      "Remote",
                                    "SoftReset", "UnlockCommand"};
  return kNames[static_cast<int>(reason)];
}

void encode(const Transaction& transaction, BytesOut& out) {
  const int flags = (transaction.numbered ? kNumbered : 0) | (transaction.ended ? kEnded : 0) |
                    (transaction.reserved ? kReserved : 0);
  out.u32(transaction.local_id)
      .u8(transaction.connector)
      .text(transaction.tag)
      .text(transaction.parent_tag)
      .i64(transaction.meter_start_wh)
      .i64(transaction.started_utc_us)
      .i32(transaction.number)
      .u8(static_cast<uint8_t>(flags))
      .text(transaction.stop_tag)
      .u8(static_cast<uint8_t>(transaction.reason))
      .i32(transaction.reservation);
}

void decode(BytesIn& in, Transaction& transaction) {
  transaction.local_id = in.u32();
  transaction.connector = in.u8();
  in.text(transaction.tag);
  in.text(transaction.parent_tag);
  transaction.meter_start_wh = in.i64();
  transaction.started_utc_us = in.i64();
  transaction.number = in.i32();
  const uint8_t flags = in.u8();
  transaction.numbered = (flags & kNumbered) != 0;
  transaction.ended = (flags & kEnded) != 0;
  transaction.reserved = (flags & kReserved) != 0;
  in.text(transaction.stop_tag);
  transaction.reason = static_cast<StopReason>(in.u8());
  transaction.reservation = in.i32();
}

}  // namespace evse::ocpp
