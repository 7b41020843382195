// Updates over the network from the development machine. Off as long as no password is set.
#pragma once

#include "Settings.h"

namespace evse::esp32 {

class OtaManager {
 public:
  OtaManager(Settings& settings, EvseController& evse) : settings_(settings), evse_(evse) {}

  void begin();
  // Listens only while no contactor is closed, and keeps it open while an image comes in.
  void poll();

 private:
  static constexpr uint32_t kEveryMs = 500;

  Settings& settings_;
  EvseController& evse_;
  bool on_ = false;
  uint32_t polled_ms_ = 0;
};

}  // namespace evse::esp32
