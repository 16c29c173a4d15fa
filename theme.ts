import {
  ActionIcon,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  defaultVariantColorsResolver,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Notification,
  NumberInput,
  Paper,
  PasswordInput,
  Popover,
  SegmentedControl,
  Select,
  Skeleton,
  Table,
  Textarea,
  TextInput,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core';
import controls from './components/controls.module.css';

const vigil: MantineColorsTuple = [
  '#EAF0FE',
  '#D3DFFC',
  '#AFC3F8',
  '#8FAEFF',
  '#6B8EF0',
  '#4A74E6',
  '#3A66DE',
  '#2A56C6',
  '#2249AB',
  '#1B3A8A',
];
const gray: MantineColorsTuple = [
  '#F6F7F9',
  '#F2F4F7',
  '#E3E7EC',
  '#CDD3DB',
  '#A9B2BE',
  '#8A94A2',
  '#5A6370',
  '#434B57',
  '#2A3038',
  '#14181F',
];
const dark: MantineColorsTuple = [
  '#ECEEF1',
  '#B7BEC8',
  '#929BA8',
  '#67717E',
  '#3A414B',
  '#262B32',
  '#1C2026',
  '#14171B',
  '#0D0F12',
  '#08090B',
];

/** `variant="danger"`: the one filled button that destroys. */
const variantColorResolver: VariantColorsResolver = (input) => {
  if (input.variant === 'danger') {
    return {
      background: 'var(--vg-fraud)',
      hover: 'color-mix(in srgb, var(--vg-fraud) 90%, var(--vg-text))',
      color: 'var(--vg-on-fraud)',
      border: '1px solid transparent',
    };
  }
  return defaultVariantColorsResolver(input);
};

const heading = (fontSize: string, lineHeight: number) => ({
  fontSize,
  lineHeight: `${lineHeight}px`,
  fontWeight: '600',
});
const field = { size: 'sm', classNames: { input: controls.input, label: controls.label } } as const;
const floating = { shadow: 'md', transitionProps: { duration: 120 } } as const;

export const theme = createTheme({
  primaryColor: 'vigil',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { vigil, gray, dark },
  variantColorResolver,
  fontFamily: 'var(--vg-font)',
  fontFamilyMonospace: 'var(--vg-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '14px', xl: '16px' },
  lineHeights: { xs: '16px', sm: '20px', md: String(20 / 13), lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px' },
  defaultRadius: 'md',
  shadows: { xs: 'none', sm: 'none', md: 'var(--vg-shadow)', lg: 'var(--vg-shadow)', xl: 'var(--vg-shadow)' },
  headings: {
    sizes: { h1: heading('20px', 28), h2: heading('13px', 20), h3: heading('12px', 16) },
  },
  cursorType: 'pointer',
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' }, classNames: { root: controls.button } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    Input: Input.extend({ defaultProps: { size: 'sm' }, classNames: { input: controls.input } }),
    TextInput: TextInput.extend({ defaultProps: field }),
    PasswordInput: PasswordInput.extend({ defaultProps: field }),
    NumberInput: NumberInput.extend({ defaultProps: field }),
    Textarea: Textarea.extend({ defaultProps: field }),
    Select: Select.extend({ defaultProps: { ...field, comboboxProps: { shadow: 'md' } } }),
    Checkbox: Checkbox.extend({
      defaultProps: { size: 'xs', radius: 'sm' },
      classNames: { input: controls.check },
    }),
    SegmentedControl: SegmentedControl.extend({
      defaultProps: { size: 'sm' },
      classNames: { root: controls.segments, indicator: controls.segment, label: controls.segmentLabel },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 0 } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'lg', shadow: 'none' } }),
    Modal: Modal.extend({
      defaultProps: { size: 440, radius: 'lg', centered: true, transitionProps: { duration: 120 } },
      classNames: { content: controls.dialog, title: controls.dialogTitle, header: controls.dialogHeader },
    }),
    Drawer: Drawer.extend({ defaultProps: { size: 448, withOverlay: false, trapFocus: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300 }, classNames: { tooltip: controls.tooltip } }),
    Notification: Notification.extend({
      defaultProps: { withBorder: false, closeButtonProps: { 'aria-label': 'Close' } },
    }),
    Skeleton: Skeleton.extend({ defaultProps: { animate: false } }),
    Menu: Menu.extend({
      defaultProps: floating,
      classNames: { dropdown: controls.menu, item: controls.menuItem },
    }),
    Popover: Popover.extend({ defaultProps: floating, classNames: { dropdown: controls.menu } }),
  },
});

/** Points Mantine's own variables at tokens.css, so that both schemes come from one place. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const scheme = {
    '--mantine-color-body': 'var(--vg-bg)',
    '--mantine-color-text': 'var(--vg-text)',
    '--mantine-color-dimmed': 'var(--vg-text-3)',
    '--mantine-color-placeholder': 'var(--vg-text-3)',
    '--mantine-color-anchor': 'var(--vg-link)',
    '--mantine-color-error': 'var(--vg-fraud-text)',
    '--mantine-color-default': 'var(--vg-surface)',
    '--mantine-color-default-hover': 'var(--vg-hover)',
    '--mantine-color-default-color': 'var(--vg-text)',
    '--mantine-color-default-border': 'var(--vg-line-strong)',
    '--mantine-color-disabled': 'var(--vg-sunken)',
    '--mantine-color-disabled-color': 'var(--vg-text-3)',
    '--mantine-color-disabled-border': 'var(--vg-line)',
    '--mantine-color-vigil-filled': 'var(--vg-primary)',
    '--mantine-color-vigil-filled-hover': 'var(--vg-primary-hover)',
    '--mantine-primary-color-filled': 'var(--vg-primary)',
    '--mantine-primary-color-filled-hover': 'var(--vg-primary-hover)',
    '--mantine-color-gray-light-color': 'var(--vg-text-2)',
    '--mantine-color-gray-light-hover': 'var(--vg-hover)',
  };
  return { variables: {}, light: scheme, dark: scheme };
};
