// An order of new firmware in memory, from its acceptance to its end.
#pragma once

#include "hal/fram.h"
#include "ocpp/layout.h"
#include "ocpp/outgoing.h"
#include "ocpp/transfer.h"

namespace evse::ocpp {

// A power cut brings an order no further than back to the last of them. The numbers are in memory.
enum class FirmwareStage : uint8_t {
  None,
  Ordered,
  Downloaded,  // the image is in the inactive slot, and its signature good where it needs one
  Installing,
  Switched,    // the next start is one of the new firmware
};

struct FirmwareOrder {
  FirmwareStage stage = FirmwareStage::None;
  bool is_signed = false;       // ordered by SignedUpdateFirmware
  RequestId request;
  int64_t retrieve_utc_us = 0;  // the download begins no earlier
  int64_t install_utc_us = 0;   // the installation begins no earlier; 0: at once
  int attempts_left = 0;        // downloads to try
  int32_t retry_interval_s = 0;
  uint8_t slot = 0;             // that ran when the installation began
};

// What is too long for a record, and is written once.
struct FirmwareSource {
  Location location;  // with a password in it, maybe: a secret
  int key_size = 0;   // of the signer, SubjectPublicKeyInfo in DER
  uint8_t key[kSignerKey] = {};
  int signature_size = 0;
  uint8_t signature[kSignature] = {};
};

// A new source is written over the one before, and the order then says by a checksum which one it
// means: after a power cut between the two there is an order that cannot be gone on with.
class FirmwareOrderStore {
 public:
  explicit FirmwareOrderStore(hal::Fram& fram)
      : fram_(fram), record_(fram, kFirmwareOrderAt, kFirmwareOrderBytes) {}

  // False: the source of an order that was under way is lost.
  bool power_on(FirmwareOrder& order);
  bool save(const FirmwareOrder& order, const FirmwareSource& source);
  bool save(const FirmwareOrder& order);
  bool source(FirmwareSource& source);

 private:
  bool checksum(uint32_t& crc);

  hal::Fram& fram_;
  store::Record record_;
  uint32_t crc_ = 0;  // of the source
};

}  // namespace evse::ocpp
