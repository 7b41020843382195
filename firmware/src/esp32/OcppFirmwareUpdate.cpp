#include "OcppFirmwareUpdate.h"

// The Arduino core would confirm every image at its start, before it has shown anything
// (cores/esp32/esp32-hal-misc.c asks this).
extern "C" bool verifyRollbackLater() { return true; }

namespace evse::esp32 {

const char* OcppFirmwareUpdate::begin() {
  if (partition_ != nullptr) return "an update is under way";
  evse_.ask_to_hold(true);
  vTaskDelay(pdMS_TO_TICKS(20));
  if (!evse_.held()) {
    evse_.ask_to_hold(false);
    return "charging: an image is written with the contactor open only";
  }
  partition_ = esp_ota_get_next_update_partition(nullptr);
  if (partition_ == nullptr) {
    let_go();
    return "the flash has no second partition for an image";
  }
  // Sequential: sectors are erased as they are written, and no single call takes seconds.
  if (esp_ota_begin(partition_, OTA_WITH_SEQUENTIAL_WRITES, &handle_) != ESP_OK) {
    let_go();
    return "the partition cannot be written";
  }
  return nullptr;
}

bool OcppFirmwareUpdate::write(const uint8_t* data, size_t size) {
  return partition_ != nullptr && esp_ota_write(handle_, data, size) == ESP_OK;
}

const char* OcppFirmwareUpdate::complete() {
  if (partition_ == nullptr) return "no update is under way";
  const bool whole = esp_ota_end(handle_) == ESP_OK;
  let_go();
  return whole ? nullptr : "the image is not whole";
}

const char* OcppFirmwareUpdate::switch_over() {
  const FlashGuard guard(evse_);
  if (!guard.open()) return "charging: the next image is chosen with the contactor open only";
  const esp_partition_t* other = esp_ota_get_next_update_partition(nullptr);
  // It looks at the image once more: after a power cut nobody else has.
  if (other == nullptr || esp_ota_set_boot_partition(other) != ESP_OK) {
    return "the image is not one for this chip";
  }
  return nullptr;
}

void OcppFirmwareUpdate::abandon() {
  if (partition_ == nullptr) return;
  esp_ota_abort(handle_);
  let_go();
}

bool OcppFirmwareUpdate::confirm() {
  const FlashGuard guard(evse_);
  return guard.open() && esp_ota_mark_app_valid_cancel_rollback() == ESP_OK;
}

void OcppFirmwareUpdate::let_go() {
  partition_ = nullptr;
  evse_.ask_to_hold(false);
}

}  // namespace evse::esp32
