#include "OtaManager.h"

#include <ArduinoOTA.h>

namespace evse::esp32 {

void OtaManager::begin() {
  const String password = settings_.text("ota_password");
  if (password.length() == 0) return;
  const String id = settings_.text("ocpp_id");
  ArduinoOTA.setHostname(id.length() > 0 ? id.c_str() : "evseloop");
  ArduinoOTA.setPassword(password.c_str());
  ArduinoOTA.begin();
  on_ = true;
}

void OtaManager::poll() {
  if (!on_) return;
  // A vehicle that waits for its permission shall not lose it to us each time.
  const Report report = evse_.report();
  if (report.plugged || millis() - polled_ms_ < kEveryMs) return;
  polled_ms_ = millis();
  const FlashGuard guard(evse_);
  // handle() does not come back before an image that has begun is written, or has failed.
  if (guard.open()) ArduinoOTA.handle();
}

}  // namespace evse::esp32
