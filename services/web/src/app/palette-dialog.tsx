import { Modal, NavLink, ScrollArea, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useApi } from "../api/context.tsx";
import { allDatasets, listRivers } from "../api/queries.ts";
import { texts } from "../texts/index.ts";
import classes from "./palette-dialog.module.css";

const words = texts.frame.palette;

interface Command {
  readonly name: string;
  readonly kind: string;
  run(): void;
}

/** Every place, river and table by a part of its name; a sentence that matches nothing is a question. */
export function PaletteDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(text);
  const run = (command: Command | undefined): void => {
    if (!command) return;
    command.run();
    onClose();
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((chosen + step + commands.length) % Math.max(1, commands.length));
    } else if (event.key === "Enter") run(commands[chosen]);
  };
  return (
    <Modal.Root opened onClose={onClose} padding="xs" size="lg" yOffset="10vh">
      <Modal.Overlay />
      <Modal.Content aria-label={words.open}>
        <Modal.Body>
          <TextInput
            value={text}
            placeholder={words.hint}
            aria-label={words.hint}
            role="combobox"
            aria-expanded="true"
            aria-controls="palette-list"
            aria-activedescendant={idOf(chosen)}
            data-autofocus
            onKeyDown={onKey}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setChosen(0);
            }}
          />
          <Options commands={commands} chosen={chosen} onRun={run} />
          <Text size="xs" c="dimmed" className={classes.keys} visibleFrom="sm">
            {words.keys}
          </Text>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface OptionsProps {
  readonly commands: readonly Command[];
  readonly chosen: number;
  onRun(command: Command): void;
}

function Options({ commands, chosen, onRun }: OptionsProps) {
  useEffect(() => {
    // What newer browsers answer is a promise, which is no way to clean up.
    document.getElementById(idOf(chosen))?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ScrollArea.Autosize mah="50vh" mt="xs">
      <div role="listbox" id="palette-list" aria-label={words.open}>
        {commands.map((command, index) => (
          <NavLink
            key={`${command.kind} ${command.name}`}
            id={idOf(index)}
            role="option"
            aria-selected={index === chosen}
            tabIndex={-1}
            active={index === chosen}
            label={command.name}
            rightSection={
              <Text size="xs" c="dimmed">
                {command.kind}
              </Text>
            }
            className={classes.command}
            onClick={() => onRun(command)}
          />
        ))}
      </div>
    </ScrollArea.Autosize>
  );
}

const idOf = (index: number): string => `palette-${index}`;
const most = 30;

function useCommands(text: string): readonly Command[] {
  const api = useApi();
  const navigate = useNavigate();
  const { data: datasets = [] } = useQuery(allDatasets(api));
  const { data: rivers } = useInfiniteQuery(listRivers(api));
  const sections = texts.frame.sections;
  const places = [
    ["/ask", sections.ask],
    ["/data", sections.data],
    ["/rivers", sections.rivers],
    ["/rivers/new", words.newRiver],
    ["/runs", sections.runs],
    ["/sql", sections.sql],
    ["/usage", sections.usage],
    ["/settings/keys", texts.frame.apiKeys],
    ["/settings/appearance", texts.frame.appearance],
    ["/about", sections.about],
  ] as const;
  const wanted = text.trim().toLowerCase();
  const found: Command[] = [
    ...places.map(([to, name]) => ({ name, kind: words.place, run: () => void navigate({ to }) })),
    ...(rivers?.pages ?? []).flatMap(({ items }) =>
      items.map(({ name }) => ({ name, kind: words.river, run: () => void navigate({ to: "/rivers/$river", params: { river: name } }) })),
    ),
    ...datasets.map(({ name, title }) => ({
      name: title === name ? name : `${title} (${name})`,
      kind: words.table,
      run: () => void navigate({ to: "/data/$dataset", params: { dataset: name } }),
    })),
  ].filter(({ name }) => name.toLowerCase().includes(wanted));
  const question = { name: text.trim(), kind: words.ask, run: () => void navigate({ to: "/ask", search: { text: text.trim() } }) };
  return [...found.slice(0, most), ...(wanted.includes(" ") || found.length === 0 ? [question] : [])];
}
