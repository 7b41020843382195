// An MFRC522 on the SPI bus: shows charging process and OCPP client which tag was held to it.
#pragma once

#include <MFRC522.h>

#include "OcppTask.h"

namespace evse::esp32 {

class RfidReader {
 public:
  RfidReader(int8_t chip_select, EvseController& evse, OcppTask& ocpp)
      : reader_(static_cast<byte>(chip_select), MFRC522::UNUSED_PIN), evse_(evse), ocpp_(ocpp) {}

  void begin() { reader_.PCD_Init(); }

  // A tag that stays at the reader counts once a second.
  void poll(uint32_t now_ms);

 private:
  static constexpr uint32_t kAgainMs = 1000;

  MFRC522 reader_;
  EvseController& evse_;
  OcppTask& ocpp_;
  uint32_t read_ms_ = 0;
};

}  // namespace evse::esp32
