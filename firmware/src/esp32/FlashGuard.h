// The one way to write to flash: only with the contactor open (docs/decisions/0026).
#pragma once

#include "EvseController.h"

namespace evse::esp32 {

// While one of these lives and is `open()`, no contactor closes, and flash may be written.
class FlashGuard {
 public:
  explicit FlashGuard(EvseController& evse) : evse_(evse) {
    evse_.ask_to_hold(true);
    vTaskDelay(pdMS_TO_TICKS(kWaitMs));
    open_ = evse_.held();
    // A session is not stopped for a setting: it is to be written later.
    if (!open_) evse_.ask_to_hold(false);
  }
  ~FlashGuard() {
    if (open_) evse_.ask_to_hold(false);
  }
  FlashGuard(const FlashGuard&) = delete;
  FlashGuard& operator=(const FlashGuard&) = delete;

  bool open() const { return open_; }

 private:
  static constexpr uint32_t kWaitMs = 20;  // some ticks

  EvseController& evse_;
  bool open_ = false;
};

}  // namespace evse::esp32
