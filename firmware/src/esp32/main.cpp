// The charger's firmware on an ESP32. The charging process has a task of its own on core 1
// (EvseController); everything here may wait, and runs on core 0.
#include <Arduino.h>
#include <SPI.h>
#include <Wire.h>

#include "EvseController.h"
#include "FramI2c.h"
#include "HardwareConfig.h"
#include "IndicatorLed.h"
#include "LcdDisplay.h"
#include "OcppFirmwareUpdate.h"
#include "OcppTask.h"
#include "OtaManager.h"
#include "RfidReader.h"
#include "SerialConsole.h"
#include "Settings.h"
#include "WifiNetwork.h"

namespace {

using namespace evse::esp32;

#if CONFIG_IDF_TARGET_ESP32C3
I2cBus memory_bus(Wire);  // the only one
#else
I2cBus memory_bus(Wire1);
#endif
constexpr uint32_t kLcdI2cHz = 100000;  // PCF8574
constexpr uint8_t kLcdAddress = 0x27;
constexpr uint32_t kBusinessStackBytes = 8192;
constexpr UBaseType_t kBusinessPriority = 2;
constexpr uint32_t kBusinessMs = 10;
// A new image is kept once it has run for so long: an image that resets goes back.
constexpr uint32_t kProvenMs = 60000;

FramI2c fram(memory_bus);
EvseController controller(kHardware, fram, memory_bus);
Settings settings;
WifiNetwork network(settings, controller);
OcppFirmwareUpdate update(controller);
OcppTask ocpp(settings, controller, fram, update);
SerialConsole console(settings, controller, ocpp);
OtaManager ota(settings, controller);
RfidReader rfid(kHardware.rfid_cs, controller, ocpp);
LcdDisplay lcd(kLcdAddress, kHardware.lcd_columns, kHardware.lcd_rows);

// Without its parts a charger does nothing but say so. No contactor can close: no task ticks.
[[noreturn]] void refuse(const char* what) {
  for (;;) {
    Serial.printf("does not start: %s\n", what);
    delay(2000);
  }
}

void show() {
  const evse::Outputs out = controller.outputs();
  if (kHardware.led >= 0) digitalWrite(kHardware.led, lit(out.indicator, millis()) ? HIGH : LOW);
  if (!kHardware.second_i2c_bus) return;
  if (!network.in_setup()) {
    lcd.show(0, out.display_1);
    lcd.show(1, out.display_2);
    return;
  }
  char line[20] = "setup password:";
  lcd.show(0, line);
  strncpy(line, settings.text("setup_password").c_str(), sizeof line);
  lcd.show(1, line);
}

void business(void*) {
  bool confirmed = false;
  for (;;) {
    if (!confirmed && millis() > kProvenMs && !controller.report().plugged) {
      confirmed = update.confirm();
    }
    console.poll();
    network.poll();
    if (network.online()) ota.poll();
    if (kHardware.rfid_cs >= 0) rfid.poll(millis());
    show();
    vTaskDelay(pdMS_TO_TICKS(kBusinessMs));
  }
}

}  // namespace

void setup() {
  Serial.begin(115200);
  if (!memory_bus.begin(kHardware.fram_sda, kHardware.fram_scl, kHardware.fram_i2c_hz)) {
    refuse("the I2C bus of the memory");
  }
  if (!fram.begin()) refuse("the FRAM does not answer");
  if (!settings.begin()) refuse("the settings in NVS");
  const evse::front_end::LineScale scale[3] = {settings.scale(0), settings.scale(1),
                                               settings.scale(2)};
  const char* missing = controller.begin(
      scale, 1000 * settings.number("rating_a", kHardware.charger.rating_ma / 1000));
  if (missing != nullptr) refuse(missing);
  if (kHardware.second_i2c_bus) {
    Wire.begin(kHardware.lcd_sda, kHardware.lcd_scl, kLcdI2cHz);
    lcd.begin();
  }
  if (kHardware.rfid_cs >= 0) {
    SPI.begin(kHardware.spi_sck, kHardware.spi_miso, kHardware.spi_mosi, kHardware.rfid_cs);
    rfid.begin();
  }
  network.begin();
  ota.begin();
  const char* wrong = ocpp.begin();
  if (wrong != nullptr) Serial.printf("no OCPP: %s\n", wrong);
  xTaskCreatePinnedToCore(business, "business", kBusinessStackBytes, nullptr, kBusinessPriority,
                          nullptr, 0);
}

// All work is in the two tasks.
void loop() { vTaskDelete(nullptr); }
