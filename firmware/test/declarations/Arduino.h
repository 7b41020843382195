// Arduino core for ESP32 2.0.17: docs.espressif.com/projects/arduino-esp32, and
// docs.arduino.cc/language-reference (String, Serial, digital I/O, time).
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "esp_attr.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "soc/gpio_struct.h"

#define HIGH 0x1
#define LOW 0x0

typedef uint8_t byte;

class String {
 public:
  String(const char* text = "");
  String(const String& other);
  ~String();
  String& operator=(const String& other);
  String& operator=(const char* text);
  String& operator+=(char letter);
  String& operator+=(const String& other);
  bool operator==(const char* text) const;
  bool operator!=(const char* text) const;
  unsigned int length() const;
  const char* c_str() const;
  void trim();
  int indexOf(char letter) const;
  String substring(unsigned int from) const;
  String substring(unsigned int from, unsigned int to) const;
  unsigned char endsWith(const String& suffix) const;
  long toInt() const;
};
// In the core these come by way of StringSumHelper.
String operator+(const String& left, const String& right);
String operator+(const String& left, const char* right);

class HardwareSerial {
 public:
  void begin(unsigned long baud);
  int available();
  int read();
  size_t println(const char* text);
  size_t printf(const char* format, ...) __attribute__((format(printf, 2, 3)));
};
extern HardwareSerial Serial;

class EspClass {
 public:
  void restart();
};
extern EspClass ESP;

void disableCore0WDT();  // cores/esp32/esp32-hal.h
unsigned long millis();
void delay(uint32_t ms);
void digitalWrite(uint8_t pin, uint8_t value);
