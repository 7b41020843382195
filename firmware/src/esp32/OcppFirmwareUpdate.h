// Writes an image that OCPP has ordered into the other partition, and takes it back if it fails.
//
// Where the image comes from is `FirmwareDownload`'s business. Nothing here knows a network.
#pragma once

#include <esp_ota_ops.h>

#include "FlashGuard.h"

namespace evse::esp32 {

class OcppFirmwareUpdate {
 public:
  explicit OcppFirmwareUpdate(EvseController& evse) : evse_(evse) {}
  ~OcppFirmwareUpdate() { abandon(); }

  // Null: begun; from here to `complete` or `abandon` no charging begins. Otherwise why not.
  const char* begin();
  // Pieces in order. False: flash refuses; abandon.
  bool write(const uint8_t* data, size_t size);
  // Checks the image, which stays where it is. Null: it is whole. Otherwise why not.
  const char* complete();
  // Makes the image that is complete the next to start. Null: restart now. Otherwise why not.
  const char* switch_over();
  void abandon();

  // After a restart: the image has proven itself. Until this is said, the next reset goes back to
  // the image before. False: charging, so that flash may not be written; say it again later.
  bool confirm();

 private:
  void let_go();

  EvseController& evse_;
  const esp_partition_t* partition_ = nullptr;
  esp_ota_handle_t handle_ = 0;
};

}  // namespace evse::esp32
