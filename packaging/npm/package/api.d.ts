// Written by packaging/npm/types from the description of the emulator: do not edit.

export interface components {
    schemas: {
        AdvanceAnswer: components["schemas"]["Advanced"];
        /** @description The time to advance to. The body has exactly one of the two keys. */
        AdvanceBody: {
            /**
             * @description A duration such as `15s`, counted from the account's present.
             * @default null
             */
            by?: string | null;
            /**
             * @description A timestamp, `next` for the time at which the next task is due, or `webhook` for the time at
             *     which the next webhook is attempted, a year ahead at most.
             */
            to?: string | null;
        };
        /** @description The result of advancing the time. */
        Advanced: {
            /**
             * @description The first page of these webhooks, in the order in which they last changed. The list of
             *     deliveries shows the others after `next_after`.
             */
            deliveries: components["schemas"]["Delivery"][];
            /**
             * Format: uint64
             * @description The number of webhooks that were announced, attempted or finished meanwhile.
             */
            deliveries_count: number;
            /**
             * Format: uint64
             * @description The cursor of the last entry that was evicted from the log. It is 0 when none was.
             */
            evicted: number;
            /**
             * Format: date-time
             * @example 2024-06-26T16:25:54.344113Z
             */
            from: string;
            /** @description The first of these tasks, in order, a hundred at most. Shorter steps show the others. */
            happened: components["schemas"]["Happened"][];
            /**
             * Format: uint64
             * @description The number of tasks that ran meanwhile.
             */
            happened_count: number;
            /**
             * Format: uint64
             * @description The cursor of the account's last entry of any kind. It is 0 before the first.
             */
            last_cursor: number;
            mode: components["schemas"]["ClockMode"];
            /**
             * Format: uint64
             * @description The value of `after` for the next page. It is null on the last page.
             */
            next_after: number | null;
            /**
             * Format: date-time
             * @description The time of the next task. It is null when no task is scheduled.
             * @example 2024-06-26T16:25:54.344113Z
             */
            next_due: string | null;
            /**
             * Format: date-time
             * @example 2024-06-26T16:25:54.344113Z
             */
            now: string;
        };
        ArmAnswer: components["schemas"]["Armed"];
        ArmBody: {
            /**
             * @description The CURP whose calls the scenario answers. The default is any CURP.
             * @default null
             */
            curp?: string | null;
            /**
             * @description The operationId of the calls that the scenario answers. The default is any operation that
             *     logs in.
             * @default null
             */
            operation?: string | null;
            /** @description The name of the scenario. */
            scenario: string;
            /**
             * Format: uint32
             * @description The number of calls that the scenario answers before it is used up.
             * @default 1
             */
            times?: number;
        };
        /** @description An armed scenario. */
        Armed: {
            curp: string | null;
            /** Format: uint64 */
            id: number;
            /**
             * Format: uint32
             * @description The number of calls that the scenario will still answer.
             */
            left: number;
            operation: components["schemas"]["Operation"] | null;
            scenario: string;
        };
        /** @description An attempt, under way or ended. */
        Attempt: {
            /** @description The outcome. It is null while the attempt is under way. */
            answer: components["schemas"]["Outcome"] | null;
            /**
             * Format: uint32
             * @description The number of the attempt, counted from 1.
             */
            number: number;
            /**
             * Format: date-time
             * @example 2024-06-26T16:25:54.344113Z
             */
            started_at: string;
        };
        AwaitAnswer: components["schemas"]["Delivery"];
        /** @description The webhook to wait for, and the limits of the wait. */
        AwaitBody: {
            /**
             * Format: uint64
             * @description The cursor of the last delivery that the caller has seen. Only deliveries after it count.
             * @default 0
             */
            after?: number;
            /** @description The end of a wait that the caller expects. */
            expect?: "delivered" | "finished" | "none";
            /**
             * Format: uuid
             * @default null
             */
            link?: string | null;
            /**
             * @description The longest time that the caller waits, by the clock of the machine: a duration of ten
             *     minutes at most.
             * @default 30s
             */
            timeout?: string;
            /** @enum {string|null} */
            webhook_code?: "historical_update" | "employment_changes" | "invalid_credentials" | "token_required" | "link_deleted" | null;
            /** @enum {string|null} */
            webhook_type?: "EMPLOYMENT_RECORDS" | "OWNERS" | "CURRENT_EMPLOYMENTS" | "EMPLOYMENT_METRICS" | "LINK" | null;
            /**
             * @description The longest time that the wait moves the account on, in skip mode. The other modes refuse
             *     it, because there a wait moves nothing. The default is the time of the slowest scenario's
             *     first webhook with all its retries, but at most a day.
             * @default null
             */
            within?: string | null;
        };
        /** @description The numbers of things that a reset, or putting a snapshot in place, took away. */
        Cancelled: {
            /**
             * Format: uint
             * @description The number of webhooks that were not finished, including those that were being sent.
             */
            deliveries: number;
            /**
             * Format: uint
             * @description The number of webhooks that were being sent. Their receivers may have them, but their
             *     answers are ignored.
             */
            in_flight: number;
            /** Format: uint */
            links: number;
            /**
             * Format: uint
             * @description The number of scheduled tasks: loads, refreshes, retries and others.
             */
            scheduled: number;
        };
        /** @description The clock mode of an account. In every mode, a client can advance the time. */
        ClockMode: "real" | "manual" | "skip" | {
            scale: components["schemas"]["Factor"];
        } | string;
        /**
         * Format: uint32
         * @description A number of further copies of a webhook, from 1 to 100.
         */
        Copies: number;
        /** @description A page of deliveries, in the order in which they last changed. */
        Deliveries: {
            deliveries: components["schemas"]["Delivery"][];
            /**
             * Format: uint64
             * @description The cursor of the last entry that was evicted from the log. It is 0 when none was.
             */
            evicted: number;
            /**
             * Format: uint64
             * @description The cursor of the account's last entry of any kind. It is 0 before the first.
             */
            last_cursor: number;
            /**
             * Format: uint64
             * @description The value of `after` for the next page. It is null on the last page.
             */
            next_after: number | null;
        };
        DeliveriesAnswer: components["schemas"]["Deliveries"];
        DeliveriesQuery: {
            /**
             * Format: uint64
             * @description A cursor. The list shows only deliveries that changed after it.
             * @default 0
             */
            after?: number;
            /**
             * Format: uint
             * @description The largest number of deliveries on the page. A page that holds fewer, even none, need not
             *     be the last one.
             * @default 100
             */
            limit?: number;
            /**
             * Format: uuid
             * @default null
             */
            link?: string;
            /**
             * @description The state of a delivery.
             * @default null
             */
            state?: "pending" | "delivered" | "failed" | "cancelled" | "undeliverable" | "dropped";
            /** @enum {string} */
            webhook_code?: "historical_update" | "employment_changes" | "invalid_credentials" | "token_required" | "link_deleted";
            /** @enum {string} */
            webhook_type?: "EMPLOYMENT_RECORDS" | "OWNERS" | "CURRENT_EMPLOYMENTS" | "EMPLOYMENT_METRICS" | "LINK";
        };
        /** @description One webhook for one endpoint. */
        Delivery: {
            /**
             * @description The last attempts, the oldest of them first: those that are still in the log, as far as they
             *     take 1 MiB together.
             */
            attempts: components["schemas"]["Attempt"][];
            /**
             * Format: uint32
             * @description The number of earlier attempts, which are not shown.
             */
            attempts_evicted: number;
            /** @description The id of the request that caused the event, as that request's answer shows it. */
            caused_by: string | null;
            /**
             * Format: date-time
             * @description The time at which the event happened.
             * @example 2024-06-26T16:25:54.344113Z
             */
            created_at: string;
            /**
             * Format: uint64
             * @description The cursor of the delivery's last change in the log of the account: it was announced, an
             *     attempt ended, or it was finished. Lists are in this order, and `after` refers to it.
             */
            cursor: number;
            /** @description The `external_id` of the link when the event happened. */
            external_id: string | null;
            /** @description The names of the injected faults, such as `webhook_late`. */
            faults: string[];
            id: components["schemas"]["DeliveryId"];
            /** Format: uuid */
            link: string;
            /**
             * Format: date-time
             * @description The time of the next attempt. It is null when none is scheduled.
             * @example 2024-06-26T16:25:54.344113Z
             */
            next_attempt_at: string | null;
            /** @description The body that every attempt sends. It is a text when it is not JSON. */
            payload: unknown;
            process_type: string;
            /** @description The delivery that this one repeats on a client's request. */
            replay_of: components["schemas"]["DeliveryId"] | null;
            state: components["schemas"]["DeliveryState"];
            /**
             * @description The URL of the endpoint, without the parts that may be secret. It is null when there was
             *     none.
             */
            url: string | null;
            webhook_code: string;
            /** @description The id of the event, 32 hex digits as in the payload. */
            webhook_id: string;
            webhook_type: string;
        };
        /**
         * Format: uint64
         * @description The number of a delivery in its account, in the order of events. Numbers are counted from 1, and
         *     none is used twice.
         */
        DeliveryId: number;
        /** @description The state of a delivery. */
        DeliveryState: "pending" | "delivered" | "failed" | "cancelled" | "undeliverable" | "dropped";
        EndpointAnswer: components["schemas"]["EndpointReading"];
        /** @description The endpoint of the account. Retries and delay keep their values if their keys are absent. */
        EndpointBody: {
            /**
             * @description The value of the `Authorization` header. Without this key, webhooks have no such header.
             * @default
             */
            authorization?: string;
            /**
             * Format: uint32
             * @description The number of retries after the first attempt.
             * @default null
             */
            retries?: number | null;
            /**
             * @description A duration such as `10s`. The n-th retry waits n times this duration.
             * @default null
             */
            retry_delay?: string;
            /**
             * @description True makes the endpoint temporary: `DELETE` brings the endpoints and retries before it back.
             *     Of several temporary endpoints in a row, the ones before the first come back.
             * @default false
             */
            temporary?: boolean;
            /**
             * Format: uri
             * @description The URL of the receiver.
             */
            url: string;
        };
        /** @description The endpoint of the account's webhooks, without secrets. */
        EndpointReading: {
            /** @description True when webhooks have an `Authorization` header. */
            has_authorization: boolean;
            /** @description Further URLs, if `--webhook-url` was given several times. */
            other_urls: string[];
            /** Format: uint32 */
            retries: number;
            /**
             * @description A duration such as `10s`. The n-th retry waits n times this duration.
             * @example 10s
             */
            retry_delay: string;
            /** @description True when the endpoint is temporary: removing it brings the endpoints before it back. */
            temporary: boolean;
            /** @description The URL, without the parts that may be secret. It is null when there is no endpoint. */
            url: string | null;
        };
        /**
         * Format: uint16
         * @description An HTTP status from 400 to 599.
         * @example 400
         */
        ErrorStatus: number;
        /**
         * Format: double
         * @description A factor of time: more than 0, at most 1,000,000.
         */
        Factor: number;
        /** @description A fault, in the words of Toxiproxy and WireMock. The names of the faults of webhooks begin with webhook_; the others are faults of answers. */
        Fault: {
            latency: {
                delay: components["schemas"]["Span"];
                jitter: components["schemas"]["Span"];
            };
        } | {
            timeout: {
                after: components["schemas"]["Span"];
            };
        } | "reset_peer" | "empty_response" | "truncated_body" | "malformed_body" | {
            slow_body: {
                over: components["schemas"]["Span"];
            };
        } | {
            status: {
                code?: string;
                message?: string;
                status: components["schemas"]["ErrorStatus"];
            };
        } | {
            webhook_duplicate: {
                copies: components["schemas"]["Copies"];
            };
        } | "webhook_reorder" | "webhook_drop" | {
            webhook_late: {
                by: string;
            };
        } | "webhook_before_answer" | "webhook_malformed_body" | "webhook_wrong_authorization";
        FaultAnswer: components["schemas"]["FaultEntry"];
        /** @description The fault that a client asks for. */
        FaultBody: {
            /**
             * Format: uint32
             * @description The number of attempts of a webhook that the fault strikes; the retries after them are
             *     right. Only webhook_malformed_body and webhook_wrong_authorization have it. The default is
             *     all attempts.
             * @default null
             */
            attempts?: number | null;
            /** @description A fault, in the words of Toxiproxy and WireMock. The names of the faults of webhooks begin with webhook_; the others are faults of answers. */
            fault: {
                latency: {
                    /** @description A duration of at most ten minutes, on the clock of the machine. */
                    delay: string;
                    /**
                     * @description A duration of at most ten minutes, on the clock of the machine.
                     * @default 0s
                     */
                    jitter?: string;
                };
            } | {
                timeout: {
                    /**
                     * @description A duration of at most ten minutes, on the clock of the machine.
                     * @default 30s
                     */
                    after?: string;
                };
            } | "reset_peer" | "empty_response" | "truncated_body" | "malformed_body" | {
                slow_body: {
                    /** @description A duration of at most ten minutes, on the clock of the machine. */
                    over: string;
                };
            } | {
                status: {
                    code?: string;
                    message?: string;
                    /**
                     * Format: uint16
                     * @description An HTTP status from 400 to 599.
                     * @example 400
                     */
                    status: number;
                };
            } | {
                webhook_duplicate: {
                    /**
                     * Format: uint32
                     * @description A number of further copies of a webhook, from 1 to 100.
                     * @default 1
                     */
                    copies?: number;
                };
            } | "webhook_reorder" | "webhook_drop" | {
                webhook_late: {
                    by: string;
                };
            } | "webhook_before_answer" | "webhook_malformed_body" | "webhook_wrong_authorization";
            /**
             * Format: uuid
             * @description The link into whose webhooks the fault is injected. Only a fault of webhooks has it. The
             *     default is any link.
             * @default null
             */
            link?: string | null;
            /**
             * @description The operation into whose answers the fault is injected. Only a fault of answers has it. The
             *     default is any operation.
             * @default null
             * @enum {string|null}
             */
            operation?: "CheckKeys" | "ListLinks" | "RegisterLink" | "PatchBody" | "DetailLink" | "ChangeAccessMode" | "UpdateLink" | "DestroyLink" | "RefreshLink" | "ListEmploymentRecords" | "RetrieveEmploymentRecords" | "DetailEmploymentRecord" | "DestroyEmploymentRecord" | "ListOwners" | "RetrieveOwners" | "PatchOwners" | "DetailOwner" | "DestroyOwner" | "ListCurrentEmployments" | "RetrieveCurrentEmployments" | "DetailCurrentEmployment" | "DestroyCurrentEmployment" | "ListEmploymentMetrics" | "RetrieveEmploymentMetricDetails" | "DetailEmploymentMetric" | "DestroyEmploymentMetric" | "ListInstitutions" | "DetailInstitution" | "CreateToken" | null;
            /**
             * Format: double
             * @description The probability of an injection, from 0 (never) to 1 (always).
             * @default 1
             */
            probability?: number;
            /**
             * Format: uint32
             * @description The number of times that the fault is injected, from 1 to 1,000,000. The default is no
             *     limit.
             * @default null
             */
            times?: number | null;
            /**
             * @description The code of the webhooks into which the fault is injected. Only a fault of webhooks has it.
             *     The default is any code.
             * @default null
             */
            webhook_code?: string | null;
        };
        /** @description A fault of the account, and the number of its injections. */
        FaultEntry: {
            /**
             * Format: uint32
             * @description The number of attempts of a webhook that the fault strikes. Null stands for all attempts.
             */
            attempts: number | null;
            fault: components["schemas"]["Fault"];
            id: components["schemas"]["FaultId"];
            /**
             * Format: uint64
             * @description The number of calls or webhooks into which the fault was injected.
             */
            injected: number;
            /**
             * Format: uint32
             * @description The number of times that the fault can still be injected. Null stands for no limit.
             */
            left: number | null;
            /**
             * Format: uuid
             * @description The link into whose webhooks the fault is injected. Null stands for any link.
             */
            link: string | null;
            /**
             * Format: uint64
             * @description The number of calls or webhooks that matched the fault.
             */
            matched: number;
            /** @description The operation into whose answers the fault is injected. Null stands for any operation. */
            operation: components["schemas"]["Operation"] | null;
            probability: components["schemas"]["Probability"];
            /** @description The code of the webhooks into which the fault is injected. Null stands for any code. */
            webhook_code: string | null;
        };
        /**
         * Format: uint64
         * @description The number of a fault in its account. No number is used twice.
         */
        FaultId: number;
        /** @description A task that has run. */
        Happened: {
            /**
             * Format: date-time
             * @description The time at which the task ran.
             * @example 2024-06-26T16:25:54.344113Z
             */
            at: string;
            /** @description The id of the request that caused it, as that request's answer shows it. */
            caused_by: string | null;
            /**
             * Format: uint64
             * @description The cursor of the task in the log of the account.
             */
            cursor: number;
            /** @description The delivery of an attempt. */
            delivery: components["schemas"]["DeliveryId"] | null;
            /** Format: uuid */
            link: string;
            /** @description The id that the task had in the schedule. */
            task: components["schemas"]["TaskId"];
            /**
             * @description The step of the scenario, such as `load`, `webhook` or `raise`, or else `load and webhook`,
             *     `refresh`, `first attempt`, `retry`, `data expires`, `credentials expire` or `deletion and webhook`.
             */
            what: string;
        };
        /** @description The requests that met an expectation. */
        Met: {
            /**
             * Format: uint
             * @description The number of these requests.
             */
            count: number;
            /** @description The ids of the first 100 of these requests. */
            request_ids: string[];
        };
        /**
         * @description An operation of Belvo's API by its operationId: a method of a path below `/api/`.
         * @enum {string}
         */
        Operation: "CheckKeys" | "ListLinks" | "RegisterLink" | "PatchBody" | "DetailLink" | "ChangeAccessMode" | "UpdateLink" | "DestroyLink" | "RefreshLink" | "ListEmploymentRecords" | "RetrieveEmploymentRecords" | "DetailEmploymentRecord" | "DestroyEmploymentRecord" | "ListOwners" | "RetrieveOwners" | "PatchOwners" | "DetailOwner" | "DestroyOwner" | "ListCurrentEmployments" | "RetrieveCurrentEmployments" | "DetailCurrentEmployment" | "DestroyCurrentEmployment" | "ListEmploymentMetrics" | "RetrieveEmploymentMetricDetails" | "DetailEmploymentMetric" | "DestroyEmploymentMetric" | "ListInstitutions" | "DetailInstitution" | "CreateToken";
        /** @description The outcome of an attempt. */
        Outcome: {
            /** @description The body of the answer, at most 16 KiB, without secrets. */
            body: string;
            /** @description True when the body was longer than what is shown. */
            body_truncated: boolean;
            /** @description The reason why there is no status, or why the body is not whole. */
            error: string | null;
            /** @description The headers of the answer, with names in lower case and without secrets. */
            headers: {
                [key: string]: string;
            };
            /** @description The way to make the receiver accept the webhook, where it is known. */
            hint: string | null;
            /**
             * Format: uint64
             * @description The milliseconds from the first byte sent to the end of the answer, on the clock of the
             *     machine.
             */
            latency_ms: number;
            /**
             * Format: uint16
             * @description The HTTP status of the receiver's answer. It is null when no answer came.
             */
            status: number | null;
        };
        /**
         * Format: double
         * @description The probability of an injection, from 0 (never) to 1 (always).
         */
        Probability: number;
        /** @description A request and its answer, without secrets. */
        Recorded: {
            /** @description The body of the answer, in the same form as `body`. */
            answer: unknown;
            answer_truncated: boolean;
            /**
             * Format: date-time
             * @description The account's time when the request was answered.
             * @example 2024-06-26T16:25:54.344113Z
             */
            at: string;
            /** @description The body, at most 16 KiB. It is null when there was none, and a text when it is not JSON. */
            body: unknown;
            body_truncated: boolean;
            /**
             * Format: uint64
             * @description The cursor of the request in the log of the account. The log has entries of other kinds too.
             */
            cursor: number;
            /** @description The names of the injected faults. */
            faults: string[];
            /**
             * @description The headers, with names in lower case. Secrets are replaced, such as cookies and keys; of
             *     `authorization` only the scheme is shown.
             */
            headers: {
                [key: string]: string;
            };
            /** @description The links that the path, the query, the body or the answer names. */
            links: string[];
            method: string;
            /** @description The operation. It is null where the path or its method is unknown. */
            operation: components["schemas"]["Operation"] | null;
            path: string;
            /**
             * @description The parameters of the query, without secrets. If a name comes more than once, its values are
             *     joined by commas.
             */
            query: {
                [key: string]: string;
            };
            /** @description The request id, 32 hex digits, as in the header `X-Request-Id` of the answer. */
            request_id: string;
            /** Format: uint16 */
            status: number;
        };
        /** @description A page of the requests of the account, the oldest first. */
        Requests: {
            /**
             * Format: uint64
             * @description The cursor of the last entry that was evicted from the log. It is 0 when none was.
             */
            evicted: number;
            /**
             * Format: uint64
             * @description The cursor of the account's last entry of any kind. It is 0 before the first.
             */
            last_cursor: number;
            /**
             * Format: uint64
             * @description The value of `after` for the next page. It is null on the last page.
             */
            next_after: number | null;
            requests: components["schemas"]["Recorded"][];
        };
        RequestsAnswer: components["schemas"]["Requests"];
        RequestsQuery: {
            /**
             * Format: uint64
             * @description A cursor. The list shows only requests after it.
             * @default 0
             */
            after?: number;
            /**
             * @description The CURP of the body, which is its `username`.
             * @default null
             */
            curp?: string | null;
            /**
             * @description The `external_id` of the body. With `operation=RegisterLink` it also finds registrations
             *     that were refused.
             * @default null
             */
            external_id?: string | null;
            /**
             * Format: uint
             * @description The largest number of requests on the page. A page that holds fewer, even none, need not be
             *     the last one.
             * @default 100
             */
            limit?: number;
            /**
             * Format: uuid
             * @description A link that the path, the query, the body or the answer names.
             * @default null
             */
            link?: string | null;
            /** @default null */
            method?: string | null;
            /**
             * @description The operationId of the request.
             * @default null
             */
            operation?: string | null;
            /**
             * @description The path of the request, with or without its last slash.
             * @default null
             */
            path?: string | null;
            /**
             * Format: uint16
             * @description The HTTP status of the answer.
             * @default null
             */
            status?: number | null;
        };
        ResetAnswer: components["schemas"]["Cancelled"];
        RestoreAnswer: components["schemas"]["Cancelled"];
        ScheduledAnswer: components["schemas"]["ScheduledTasks"];
        ScheduledQuery: {
            /**
             * @description The `next_after` of the page before. The default is the first page.
             * @default null
             */
            after?: string;
            /**
             * Format: uint
             * @description The largest number of tasks on the page.
             * @default 100
             */
            limit?: number;
            /**
             * Format: uuid
             * @description The link whose tasks are listed. The default is all links.
             * @default null
             */
            link?: string;
        };
        /** @description A task that will run. */
        ScheduledTask: {
            /** @description True when the task sends a webhook, or may bring one about. */
            brings_webhook: boolean;
            /** @description The id of the request that caused it, as that request's answer shows it. */
            caused_by: string | null;
            /** @description The delivery of an attempt. */
            delivery: components["schemas"]["DeliveryId"] | null;
            /**
             * Format: date-time
             * @description The time at which the task runs. Tasks of one time run in the order of their ids.
             * @example 2024-06-26T16:25:54.344113Z
             */
            due: string;
            /** @description The names of the faults that will strike its webhooks because a call made the task fail. */
            faults: string[];
            /** @description The id of the task. It stays the same when the task is moved, in a snapshot and in a fork. */
            id: components["schemas"]["TaskId"];
            /** Format: uuid */
            link: string;
            /** @description A sentence where these faults may strike nothing. It is null otherwise. */
            note: string | null;
            /** @description The operationId of that request. It is null when it is not known any more. */
            operation: components["schemas"]["Operation"] | null;
            /**
             * @description The step of the scenario, such as `load`, `webhook` or `raise`, or else `load and webhook`,
             *     `refresh`, `first attempt`, `retry`, `data expires`, `credentials expire` or `deletion and
             *     webhook`.
             */
            what: string;
        };
        /** @description A page of the tasks that will run, in the order in which they are due. */
        ScheduledTasks: {
            /**
             * Format: uint
             * @description The number of tasks on all pages.
             */
            count: number;
            /** @description The value of `after` for the next page. It is null on the last page. */
            next_after: string | null;
            /**
             * Format: date-time
             * @description The account's time.
             * @example 2024-06-26T16:25:54.344113Z
             */
            now: string;
            scheduled: components["schemas"]["ScheduledTask"][];
        };
        /** @description A duration of at most ten minutes, on the clock of the machine. */
        Span: string;
        /**
         * Format: uint64
         * @description The number of a scheduled task in its account, counted from 1. No number is used twice, and a task
         *     keeps its number when it is moved.
         */
        TaskId: number;
        Verified: {
            /**
             * Format: uint64
             * @description The cursor of the last entry that was evicted from the log. It is 0 when none was.
             */
            evicted: number;
            /**
             * Format: uint64
             * @description The cursor of the last entry of the log that was looked at.
             */
            last_cursor: number;
            /** @description The requests that met each expectation. */
            matched: components["schemas"]["Met"][];
        };
        VerifyAnswer: components["schemas"]["Verified"];
        VerifyBody: {
            /**
             * Format: uint64
             * @description A cursor. Only requests after it count, 10,000 at most.
             * @default 0
             */
            after?: number;
            /**
             * @description True when the expectations must be met one after the other. Other requests may stand
             *     between.
             * @default false
             */
            in_order?: boolean;
            /** @description The expectations, 1,000 at most. */
            requests: {
                /**
                 * Format: uint
                 * @default null
                 */
                at_least?: number | null;
                /**
                 * Format: uint
                 * @default null
                 */
                at_most?: number | null;
                /**
                 * @description The JSON that the body must have. Objects may have further keys at every level; lists may
                 *     not.
                 * @default null
                 */
                body?: unknown;
                /**
                 * Format: uint
                 * @description The exact number of matching requests. Without a count, one or more are expected.
                 * @default null
                 */
                count?: number | null;
                /**
                 * @description Headers that the request must have, with names in any case. It may have others.
                 * @default {}
                 */
                headers?: {
                    [key: string]: string;
                };
                /** @default null */
                method?: string | null;
                /**
                 * @description The operationId of the request.
                 * @default null
                 */
                operation?: string | null;
                /**
                 * @description The path without the query, with or without its last slash.
                 * @default null
                 */
                path?: string | null;
                /**
                 * @description Parameters that the query must have. It may have others.
                 * @default {}
                 */
                query?: {
                    [key: string]: string;
                };
                /**
                 * Format: uint16
                 * @description The HTTP status of the answer.
                 * @default null
                 */
                status?: number | null;
            }[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
