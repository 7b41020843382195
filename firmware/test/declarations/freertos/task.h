// docs.espressif.com/projects/esp-idf/en/v4.4/esp32/api-reference/system/freertos.html
#pragma once

#include "freertos/FreeRTOS.h"

typedef void* TaskHandle_t;
typedef void (*TaskFunction_t)(void*);

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t code, const char* name, uint32_t stack_bytes,
                                   void* parameters, UBaseType_t priority, TaskHandle_t* created,
                                   BaseType_t core);
void vTaskDelay(TickType_t ticks);
void vTaskDelete(TaskHandle_t task);
uint32_t ulTaskNotifyTake(BaseType_t clear_on_exit, TickType_t ticks_to_wait);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t* higher_priority_task_woken);
