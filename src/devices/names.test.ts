import { describe, expect, test } from 'vitest'
import {
  descriptionProblem,
  deviceNameProblem,
  nicknameProblem,
  productKeyProblem,
  productNameProblem,
  secretProblem,
  tagKeyProblem,
  tagValueProblem,
  topicShortNameProblem,
} from './names.ts'

const rules = {
  productKey: productKeyProblem,
  deviceName: deviceNameProblem,
  productName: productNameProblem,
  nickname: nicknameProblem,
  tagKey: tagKeyProblem,
  tagValue: tagValueProblem,
  secret: secretProblem,
  description: descriptionProblem,
}

const cases: [rule: keyof typeof rules, text: string, problem: string | null][] = [
  ['productKey', 'a1B2c3D4e5F', null],
  ['productKey', 'pk', null],
  ['productKey', '', 'missing'],
  ['productKey', 'a1_B2c3D4e5', 'character not allowed'],
  ['productKey', 'a'.repeat(21), 'too long'],
  ['deviceName', 'dev_0-0.1:@', null],
  ['deviceName', 'dev', 'too short'],
  ['deviceName', 'd'.repeat(32), null],
  ['deviceName', 'd'.repeat(33), 'too long'],
  ['deviceName', 'dev&1', 'character not allowed'],
  ['deviceName', 'dev/1', 'character not allowed'],
  ['deviceName', 'dev 1', 'character not allowed'],
  ['deviceName', 'dev1\n', 'character not allowed'],
  ['deviceName', '设备一号', 'character not allowed'],
  ['deviceName', '', 'missing'],
  ['productName', 'Gas-meter_(2)@x', null],
  ['productName', '网关', null],
  ['productName', '网', 'too short'],
  ['productName', '网'.repeat(15), null],
  ['productName', '网'.repeat(16), 'too long'],
  ['productName', 'a b c d', 'character not allowed'],
  ['productName', 'ゲートウェイ', null],
  ['nickname', '灯_1', null],
  ['nickname', 'abc', 'too short'],
  ['nickname', 'n'.repeat(65), 'too long'],
  ['nickname', 'a-b-c', 'character not allowed'],
  ['tagKey', 'Temperature', null],
  ['tagKey', '_-#@%&*.', null],
  ['tagKey', 'a:b', 'character not allowed'],
  ['tagKey', 'k'.repeat(31), 'too long'],
  ['tagKey', '', 'missing'],
  ['tagValue', '36.8', null],
  ['tagValue', '', null],
  ['tagValue', '120.1:30.2', null],
  ['tagValue', '*', 'character not allowed'],
  ['tagValue', 'v'.repeat(129), 'too long'],
  ['tagValue', '值'.repeat(64), null],
  ['tagValue', '值'.repeat(65), 'too long'],
  ['secret', '1234', null],
  ['secret', 's'.repeat(65), 'too long'],
  ['secret', 'a b', 'character not allowed'],
  ['description', '', null],
  ['description', '述'.repeat(100), null],
  ['description', '述'.repeat(101), 'too long'],
  ['description', '𠮷'.repeat(100), null],
]

test.each(cases)('%s %j: %s', (rule, text, problem) => {
  expect(rules[rule](text)).toBe(problem)
})

describe('TopicShortName', () => {
  test.each([
    ['update', 'PUB', null],
    ['a/b_1/C/d', 'ALL', null],
    ['a/b/c/d/e', 'PUB', 'too long'],
    ['', 'PUB', 'missing'],
    ['/a', 'PUB', 'empty level'],
    ['a//b', 'PUB', 'empty level'],
    ['a/', 'PUB', 'empty level'],
    ['a-b', 'PUB', 'character not allowed'],
    ['#', 'SUB', null],
    ['+', 'SUB', null],
    ['a/+/b/#', 'SUB', null],
    ['#/a', 'SUB', 'character not allowed'],
    ['a+', 'SUB', 'character not allowed'],
    ['a/#', 'PUB', 'character not allowed'],
    ['a/+', 'ALL', 'character not allowed'],
    ['a'.repeat(116), 'PUB', 'too long'],
  ] as const)('%j %s: %s', (text, operation, problem) => {
    expect(topicShortNameProblem(text, operation)).toBe(problem)
  })
})
