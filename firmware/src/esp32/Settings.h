// What an installer sets, in the chip's NVS partition. Written only with the contactor open.
#pragma once

#include <Arduino.h>
#include <Preferences.h>

#include "FlashGuard.h"
#include "front_end/mains_blocks.h"

namespace evse::esp32 {

struct Setting {
  const char* key;  // at most 15 characters (NVS)
  bool secret;      // never shown, never logged
  const char* about;
};

constexpr Setting kSettings[] = {
    {"wifi_ssid", false, "name of the network"},
    {"wifi_password", true, "its password"},
    {"ocpp_url", false, "central system, wss://host/path, without the charger's id"},
    {"ocpp_id", false, "id of this charge point"},
    {"ocpp_key", true, "its AuthorizationKey"},
    {"ocpp_ca", false, "PEM of the CA that signs the central system's certificate, for wss://"},
    {"ocpp_profile", false, "security profile, 1 to 3; empty: without the security extension"},
    {"ota_password", true, "switches updates over the network on, for development"},
    {"setup_password", true, "of the network that this charger opens for its setup"},
    {"rating_a", false, "what the wiring of this place allows, A"},
    {"volt_uv_1", false, "calibration of voltage 1, µV per code"},
    {"volt_uv_2", false, "calibration of voltage 2, µV per code"},
    {"volt_uv_3", false, "calibration of voltage 3, µV per code"},
    {"amp_ua_1", false, "calibration of current 1, µA per code"},
    {"amp_ua_2", false, "calibration of current 2, µA per code"},
    {"amp_ua_3", false, "calibration of current 3, µA per code"},
};

class Settings {
 public:
  // Makes the password of the setup network at the first start. No contactor can be closed yet.
  bool begin();

  String text(const char* key);
  uint32_t number(const char* key, uint32_t fallback);
  front_end::LineScale scale(int line);

  // Null: written. Otherwise why not, for whoever asked.
  const char* set(EvseController& evse, const String& key, const String& value);

 private:
  Preferences nvs_;
};

}  // namespace evse::esp32
