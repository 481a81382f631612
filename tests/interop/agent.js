'use strict';

/*
 * Drives agents of the published node-agent-sdk by JSON lines.
 *
 * In:  {"n": 1, "agent": "bot1", "do": "create", "conf": {...}}
 *      {"n": 2, "agent": "bot1", "do": "ask",  "method": "getClock", "args": [{}]}
 *      {"n": 3, "agent": "bot1", "do": "tell", "method": "reconnect", "args": []}
 *      {"n": 4, "agent": "bot1", "do": "get",  "name": "agentId"}
 *      {"n": 5, "do": "forget"}
 * Out: {"n": 1}, {"n": 2, "error": null, "body": {...}}, {"n": 3}, {"n": 4, "value": ...}
 *      {"n": 5}
 *      {"n": 2, "thrown": {...}} when the client throws instead
 *      {"agent": "bot1", "event": "connected", "args": [...]}
 *
 * Agents that were forgotten say nothing more. It ends with its input.
 */

const readline = require('readline');
const {Agent} = require('node-agent-sdk');

const EVENTS = [
    'connected',
    'closed',
    'error',
    'warn',
    'deprecated',
    'cqm.ExConversationChangeNotification',
    'ms.MessagingEventNotification',
    'routing.RoutingTaskNotification',
    'routing.AgentStateNotification'
];

let agents = {};

function plain(value) {
    if (!(value instanceof Error)) return value === undefined ? null : value;
    return {name: value.constructor.name, message: value.message, code: value.code};
}

function print(line) {
    process.stdout.write(JSON.stringify(line) + '\n');
}

const actions = {
    create({n, agent, conf}) {
        const made = new Agent(conf);
        EVENTS.forEach(event => made.on(event, (...args) => {
            print({agent, event, args: args.map(plain)});
        }));
        agents[agent] = made;
        print({n});
    },

    ask({n, agent, method, args}) {
        agents[agent][method](...args, (error, body) => {
            print({n, error: plain(error), body: plain(body)});
        });
    },

    tell({n, agent, method, args}) {
        agents[agent][method](...args);
        print({n});
    },

    get({n, agent, name}) {
        print({n, value: plain(agents[agent][name])});
    },

    forget({n}) {
        Object.values(agents).forEach(made => {
            made.dispose();
            made.on('error', () => {}); // of what was under way: nobody's business now
        });
        agents = {};
        print({n});
    }
};

readline.createInterface({input: process.stdin}).on('line', line => {
    const command = JSON.parse(line);
    try {
        actions[command.do](command);
    } catch (error) {
        print({n: command.n, thrown: plain(error)});
    }
}).on('close', () => process.exit(0));
